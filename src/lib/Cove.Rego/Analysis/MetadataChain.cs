using Cove.Rego.Syntax;
using Cove.Rego.Values;

namespace Cove.Rego.Analysis;

/// <summary>What rego.metadata answers in a rule: known when the policy is compiled.</summary>
internal sealed class MetadataChain(CompilerState state)
{
    /// <summary>The rule's own annotations; empty without any.</summary>
    public static RegoValue OfRule(Rule rule) => rule.AllAnnotations.Find(static a => a.Scope == "rule")?.Content ?? RegoObject.Empty;

    /// <summary>From the rule outwards: its own, its document's, its package's, those of packages above that speak for what is below.</summary>
    public RegoArray Of(Rule rule)
    {
        var path = RuleTree.FullPath(rule).Skip(1).Select(static t => t is ScalarTerm scalar ? scalar.Value : RegoValue.Of(TermText.Of(t))).ToList();
        var chain = new List<RegoValue>();
        var own = rule.AllAnnotations.Find(static a => a.Scope == "rule");
        chain.Add(Entry(own, path));
        var documents = state.Modules.SelectMany(static m => m.Rules).Where(r => Same(r, rule)).SelectMany(static r => r.AllAnnotations);
        foreach (var annotations in documents.Where(static a => a.Scope == "document")) chain.Add(Entry(annotations, path));
        var package = Path(rule.Module);
        foreach (var module in state.Modules.Where(m => Path(m).SequenceEqual(package)))
            foreach (var annotations in module.Annotations.Where(static a => a.Scope == "package")) chain.Add(Entry(annotations, package));
        for (var length = package.Count; length > 0; length--)
        {
            var above = package.GetRange(0, length);
            foreach (var module in state.Modules.Where(m => Path(m).SequenceEqual(above)))
                foreach (var annotations in module.Annotations.Where(static a => a.Scope == "subpackages")) chain.Add(Entry(annotations, above));
        }

        return new RegoArray([.. chain]);
    }

    private static bool Same(Rule a, Rule b) => RuleTree.FullPath(a).Select(TermText.Of).SequenceEqual(RuleTree.FullPath(b).Select(TermText.Of));

    private static List<RegoValue> Path(Module module) => [.. module.Package.Parts.Skip(1).Select(static p => ((ScalarTerm)p).Value)];

    private static RegoObject Entry(Annotations? annotations, List<RegoValue> path)
    {
        var entry = RegoObject.Of(("path", new RegoArray([.. path])));
        return annotations is null ? entry : entry.With("annotations", annotations.Content);
    }
}
