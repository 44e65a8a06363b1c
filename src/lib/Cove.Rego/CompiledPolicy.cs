using System.Collections.Concurrent;
using Cove.Rego.Analysis;
using Cove.Rego.Evaluation;
using Cove.Rego.Syntax;
using Cove.Rego.Values;

namespace Cove.Rego;

/// <summary>A compiled policy: immutable, and shared by any number of threads. Facts (<c>data</c>) are given to each evaluation.</summary>
public sealed class CompiledPolicy
{
    private const int MaxEntryPoints = 256;
    private readonly ConcurrentDictionary<string, EntryPoint> _entryPoints = new();
    private readonly Tracing.Tracer? _tracer;
    private EvaluationContext? _spare;
    private CompiledProgram? _traced;

    internal CompiledPolicy(CompiledProgram program, Tracing.Tracer? tracer = null) => (Program, _tracer) = (program, tracer);

    /// <summary>The same policy with plans that tell a tracer what they do; made when somebody wants to know.</summary>
    internal CompiledProgram TracedProgram => _traced ??= Program.IsTraced ? Program : new CompiledProgram(Program.State, isTraced: true);

    internal CompiledProgram Program { get; }

    /// <summary>Evaluates one document.</summary>
    /// <param name="entryPoint">A reference such as <c>data.policy.create_container</c>, or a path such as <c>policy/create_container</c>.</param>
    /// <param name="input">The input; null for none, which is not the same as the null value.</param>
    /// <param name="data">The base document; null for an empty one.</param>
    /// <param name="options">Limits, clock and the rest.</param>
    /// <exception cref="RegoCompileException">The entry point is not a reference into data.</exception>
    /// <exception cref="RegoEvaluationException">The evaluation did not come to an answer.</exception>
    public RegoResult Evaluate(string entryPoint, RegoValue? input = null, RegoObject? data = null, EvaluationOptions? options = null) =>
        FindEntryPoint(entryPoint).Evaluate(input, data, options);

    /// <summary>
    /// Evaluates one document again and says why it has its value or none: which expression of which definition failed, with the values it failed on.
    /// </summary>
    /// <param name="entryPoint">A reference such as <c>data.policy.create_container</c>, or a path such as <c>policy/create_container</c>.</param>
    /// <param name="input">The input; null for none.</param>
    /// <param name="data">The base document; null for an empty one.</param>
    /// <param name="options">Limits, clock and the rest.</param>
    /// <exception cref="RegoCompileException">The entry point is not a reference into data.</exception>
    /// <exception cref="RegoEvaluationException">The evaluation did not come to an answer.</exception>
    public RegoExplanation Explain(string entryPoint, RegoValue? input = null, RegoObject? data = null, EvaluationOptions? options = null)
    {
        var tracer = new Tracing.Tracer();
        var found = new CompiledPolicy(TracedProgram, tracer).FindEntryPoint(entryPoint);
        var result = found.Evaluate(input, data, options);
        return new Tracing.Explainer(TracedProgram, tracer, input).Explain(found.Document, result.Value);
    }

    /// <summary>Finds a document once, for many evaluations.</summary>
    /// <param name="entryPoint">A reference such as <c>data.policy.create_container</c>, or a path such as <c>policy/create_container</c>.</param>
    /// <exception cref="RegoCompileException">It is not a reference into data.</exception>
    public EntryPoint FindEntryPoint(string entryPoint)
    {
        if (_entryPoints.TryGetValue(entryPoint, out var known)) return known;
        var found = new EntryPoint(this, ReadPath(entryPoint));
        if (_entryPoints.Count < MaxEntryPoints) _entryPoints.TryAdd(entryPoint, found);
        return found;
    }

    /// <summary>Compiles a query against the policy.</summary>
    /// <param name="query">One or more expressions.</param>
    /// <param name="imports">Imports that the query may use, for instance <c>data.lib</c>.</param>
    /// <exception cref="RegoCompileException">The query is not valid.</exception>
    public RegoQuery Prepare(string query, params IReadOnlyList<string> imports)
    {
        try
        {
            return RegoQuery.Compile(this, query, imports);
        }
        catch (InsufficientExecutionStackException)
        {
            throw new RegoCompileException([new RegoError(RegoErrorStage.QueryParse, RegoError.ParseCode, "max parsing recursion depth exceeded", "", 1, 1)]);
        }
    }

    internal EvaluationContext Rent() => Interlocked.Exchange(ref _spare, null) ?? new EvaluationContext(Program, _tracer);

    internal void Return(EvaluationContext context)
    {
        context.End();
        _spare = context;
    }

    private static RegoValue[] ReadPath(string entryPoint)
    {
        if (entryPoint.Contains('/', StringComparison.Ordinal) || !entryPoint.StartsWith("data", StringComparison.Ordinal))
            return [.. entryPoint.Split('/', StringSplitOptions.RemoveEmptyEntries).Select(static s => RegoValue.Of(s))];
        var parser = new Parser(new SourceText("", entryPoint), new ParserOptions(V1: false, AllowAndOr: false), RegoErrorStage.QueryParse);
        var term = parser.ParseWholeTerm();
        if (term is RefTerm { HeadName: Names.Data } reference && reference.Parts.Skip(1).All(static p => p is ScalarTerm))
            return [.. reference.Parts.Skip(1).Select(static p => ((ScalarTerm)p).Value)];
        throw new RegoCompileException(parser.Errors.Count > 0
            ? parser.Errors
            : [new RegoError(RegoErrorStage.QueryParse, RegoError.ParseCode, "an entry point is a reference into data without variables", "", 1, 1)]);
    }
}
