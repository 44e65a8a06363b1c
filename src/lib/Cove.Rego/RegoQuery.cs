using Cove.Rego.Analysis;
using Cove.Rego.Evaluation;
using Cove.Rego.Syntax;
using Cove.Rego.Values;

namespace Cove.Rego;

/// <summary>A query compiled against a policy. Thread-safe.</summary>
public sealed class RegoQuery
{
    private readonly CompiledPolicy _policy;
    private readonly CompiledRule _plan;
    private readonly List<(string Name, int Slot)> _variables;
    private readonly List<int> _expressions;

    private RegoQuery(CompiledPolicy policy, CompiledRule plan, List<(string, int)> variables, List<int> expressions) =>
        (_policy, _plan, _variables, _expressions) = (policy, plan, variables, expressions);

    /// <summary>All solutions, in order, each with the values of the query's variables.</summary>
    /// <param name="input">The input; null for none.</param>
    /// <param name="data">The base document; null for an empty one.</param>
    /// <param name="options">Limits, clock and the rest.</param>
    /// <exception cref="RegoEvaluationException">The evaluation did not come to an answer.</exception>
    public IReadOnlyList<RegoSolution> Evaluate(RegoValue? input = null, RegoObject? data = null, EvaluationOptions? options = null)
    {
        var context = _policy.Rent();
        context.Begin(input, data ?? RegoObject.Empty, options ?? EvaluationOptions.Default);
        var solutions = new List<RegoSolution>();
        try
        {
            var frame = new Frame(context, _plan.Slots, _plan.Builders) { Output = (Action<Frame>)(f => solutions.Add(Read(f))) };
            _plan.Body.Run(frame);
            if (context.FirstFailure is { } failure) throw failure;
            _policy.Return(context);
            return solutions;
        }
        catch (InsufficientExecutionStackException)
        {
            throw RegoEvaluationException.Limit("nested too deeply");
        }
        catch (InvalidOperationException sorting) when (sorting.InnerException is RegoEvaluationException or InsufficientExecutionStackException)
        {
            // What a comparison throws while a library sorts comes wrapped.
            throw sorting.InnerException as RegoEvaluationException ?? RegoEvaluationException.Limit("nested too deeply");
        }
        catch (System.Text.RegularExpressions.RegexMatchTimeoutException)
        {
            throw RegoEvaluationException.Limit("a pattern took too long to match");
        }
    }

    /// <param name="policy">What the query is asked of.</param>
    /// <param name="query">The query.</param>
    /// <param name="imports">Its imports.</param>
    /// <param name="isRaw">Whether each expression must hold and only variables without a declaration are shown, as below the surface.</param>
    internal static RegoQuery Compile(CompiledPolicy policy, string query, IReadOnlyList<string> imports, bool isRaw = false)
    {
        var state = policy.Program.State.ForQuery();
        var (body, isV1) = Parse(state, query);
        var globals = ReadImports(imports);
        return new QueryAnalysis(state, policy.Program).Run(body, globals, isV1, isRaw, (plan, variables, expressions) => new RegoQuery(policy, plan, variables, expressions));
    }

    private static (List<Expr> Body, bool IsV1) Parse(CompilerState state, string query)
    {
        var isV1 = state.Options.V1 || state.Modules.Exists(static m => m.IsV1);
        var parser = new Parser(new SourceText("", query), new ParserOptions(isV1, state.Options.Capabilities.AndOr), RegoErrorStage.QueryParse);
        if (query.TrimStart().StartsWith("import ", StringComparison.Ordinal))
            throw new RegoCompileException([new RegoError(RegoErrorStage.QueryParse, "other", "expected body but got *ast.Import", "", 0, 0)]);
        var body = parser.ParseWholeQuery() ?? throw new RegoCompileException(parser.Errors);
        if (body.Count == 0) throw new RegoCompileException([new RegoError(RegoErrorStage.QueryCompile, RegoError.CompileCode, "empty query cannot be compiled", "", 0, 0)]);
        return (body, isV1);
    }

    private static Dictionary<string, RefTerm> ReadImports(IReadOnlyList<string> imports)
    {
        var globals = new Dictionary<string, RefTerm>();
        foreach (var import in imports)
        {
            var parser = new Parser(new SourceText("", import), new ParserOptions(V1: false, AllowAndOr: false), RegoErrorStage.QueryParse);
            if (parser.ParseWholeTerm() is not RefTerm path) throw new RegoCompileException(parser.Errors);
            globals[((RegoString)((ScalarTerm)path.Parts[^1]).Value).Text] = path;
        }

        return globals;
    }

    private RegoSolution Read(Frame frame)
    {
        var bindings = new List<KeyValuePair<string, RegoValue>>(_variables.Count);
        foreach (var (name, slot) in _variables)
            if (frame.Locals[slot].Value is { } value) bindings.Add(new(name, value));
        var values = new List<RegoValue>(_expressions.Count);
        foreach (var slot in _expressions) values.Add(slot < 0 ? RegoValue.True : frame.Locals[slot].Value!);
        return new RegoSolution(bindings, values);
    }
}
