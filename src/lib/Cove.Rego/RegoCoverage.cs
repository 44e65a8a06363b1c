using Cove.Rego.Evaluation;
using Cove.Rego.Syntax;
using Cove.Rego.Tracing;
using Cove.Rego.Values;

namespace Cove.Rego;

/// <summary>Which rows of a policy's modules evaluations have touched: an expression's row when it was evaluated, a head's when its body held. Thread-safe.</summary>
public sealed class RegoCoverage
{
    private readonly Tracer tracer = new();
    private readonly CompiledProgram program;

    /// <summary>Starts with nothing covered.</summary>
    /// <param name="policy">The policy whose modules are watched; it is not slowed down itself.</param>
    public RegoCoverage(CompiledPolicy policy)
    {
        program = policy.TracedProgram;
        Traced = new CompiledPolicy(program, tracer);
    }

    /// <summary>The policy to evaluate instead: the same one, with every evaluation counted here.</summary>
    public CompiledPolicy Traced { get; }

    /// <summary>What is covered so far, a file each, by name.</summary>
    public IReadOnlyList<RegoFileCoverage> Files()
    {
        var files = new List<RegoFileCoverage>();
        foreach (var module in program.State.Modules.OrderBy(static m => m.Source.File, StringComparer.Ordinal))
        {
            var rows = new SortedDictionary<int, bool>();
            foreach (var rule in module.Rules)
                for (var part = rule; part is not null; part = part.Else) AddRule(rows, part);
            files.Add(new RegoFileCoverage(
                module.Source.File, [.. rows.Where(static r => r.Value).Select(static r => r.Key)], [.. rows.Where(static r => !r.Value).Select(static r => r.Key)]));
        }

        return files;
    }

    private void AddRule(SortedDictionary<int, bool> rows, Rule rule)
    {
        // A default is no code: there is nothing to reach.
        if (rule.IsDefault) return;
        Add(rows, rule.Location.Row, tracer.HasHeld(rule));
        if (!rule.GeneratedBody) AddBody(rows, rule.Body);
        var head = rule.Head;
        foreach (var term in (Term?[])[head.Key, head.Value, .. head.Ref.Parts])
            if (term is not null) AddClosures(rows, term);
    }

    private void AddBody(SortedDictionary<int, bool> rows, List<Expr> body)
    {
        foreach (var expr in body)
        {
            Add(rows, expr.Location.Row, tracer.WasReached(expr));
            foreach (var inner in (List<Expr>?[])[expr.Body, expr.Every?.Body, expr.Logical?.Left, expr.Logical?.Right])
                if (inner is not null) AddBody(rows, inner);
            if (expr.Term is not null) AddClosures(rows, expr.Term);
            foreach (var argument in expr.Arguments) AddClosures(rows, argument);
        }
    }

    private void AddClosures(SortedDictionary<int, bool> rows, Term term) => TermWalker.Visit(term, inner =>
    {
        if (inner is not ComprehensionTerm comprehension) return true;
        AddBody(rows, comprehension.Body);
        return false;
    });

    /// <summary>A row is covered when anything on it was.</summary>
    private static void Add(SortedDictionary<int, bool> rows, int row, bool covered) => rows[row] = covered || (rows.TryGetValue(row, out var known) && known);
}
