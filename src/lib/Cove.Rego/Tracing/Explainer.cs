using Cove.Rego.Evaluation;
using Cove.Rego.Syntax;
using Cove.Rego.Values;

namespace Cove.Rego.Tracing;

/// <summary>Turns what a tracer saw into words: for each definition the expression that it ended at, and why that did not hold.</summary>
internal sealed class Explainer(CompiledProgram program, Tracer tracer, RegoValue? input)
{
    private const int MaxDepth = 12;
    private readonly HashSet<Document> explained = [];

    public RegoExplanation Explain(Document document, RegoValue? value, int depth = 0)
    {
        explained.Add(document);
        var rules = new List<RegoRuleExplanation>();
        foreach (var rule in document.Node.Rules)
            for (var part = rule; part is not null; part = part.Else)
                if (!part.IsDefault) rules.Add(ExplainRule(part, depth));
        return new RegoExplanation(document.Node.PathText(), value, rules);
    }

    private RegoRuleExplanation ExplainRule(Rule rule, int depth)
    {
        var (file, row) = (rule.Location.File, rule.Location.Row);
        if (tracer.HasHeld(rule)) return new RegoRuleExplanation(file, row, Held: true, null);
        if (tracer.FurthestOf(rule) is not { } furthest) return new RegoRuleExplanation(file, row, Held: false, null);
        var expr = furthest.Point.Expr;
        var bindings = new List<KeyValuePair<string, RegoValue>>();
        for (var i = 0; i < furthest.Values.Length; i++)
            if (furthest.Values[i] is { } value) Add(bindings, furthest.Point.Names[i].Name, value);
        var (undefined, because) = (new List<string>(), new List<RegoExplanation>());
        TermWalker.Visit(expr, term =>
        {
            if (term is RefTerm { HeadName: Names.Input } part) LookAtInput(part, bindings, undefined);
            else if (term is RefTerm reference) LookBehind(reference, because, depth);
            return true;
        });
        var failed = new RegoFailedExpression(OneLine(expr.Location.Text), file, expr.Location.Row, expr.Location.Column, bindings, undefined, because);
        return new RegoRuleExplanation(file, row, Held: false, failed);
    }

    private void LookAtInput(RefTerm reference, List<KeyValuePair<string, RegoValue>> bindings, List<string> undefined)
    {
        if (!reference.Parts.Skip(1).All(static p => p is ScalarTerm)) return;
        RegoValue[] path = [.. reference.Parts.Skip(1).Select(static p => ((ScalarTerm)p).Value)];
        if (Lookup.Path(input, path) is { } value) Add(bindings, TermText.Of(reference), value);
        else undefined.Add(TermText.Of(reference));
    }

    /// <summary>Of another document it is told why it does not hold.</summary>
    private void LookBehind(RefTerm reference, List<RegoExplanation> because, int depth)
    {
        if (depth >= MaxDepth || program.State.Tree.Find(reference, out _) is not { HasRules: true } node) return;
        var document = program.Documents[node.Index];
        if (explained.Contains(document) || document.Node.Rules.Exists(tracer.HasHeld)) return;
        because.Add(Explain(document, null, depth + 1));
    }

    private static void Add(List<KeyValuePair<string, RegoValue>> bindings, string name, RegoValue value)
    {
        if (!bindings.Exists(b => b.Key == name)) bindings.Add(new(name, value));
    }

    private static string OneLine(string text) => string.Join(' ', text.Split(default(char[]), StringSplitOptions.RemoveEmptyEntries));
}
