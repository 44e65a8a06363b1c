using Cove.Rego.Linking;
using Cove.Rego.Syntax;
using Cove.Rego.Values;

namespace Cove.Rego.Analysis;

/// <summary>All rules by the constant part of their full path, with "data" as root.</summary>
internal sealed class RuleTree
{
    public RuleNode Root { get; } = new(null, new RegoString(Names.Data), 0);

    public List<RuleNode> Nodes { get; } = [];

    public void Add(Rule rule)
    {
        var node = Root;
        foreach (var key in FullPath(rule).Skip(1))
        {
            if (key is not ScalarTerm scalar) break;
            node = node.Child(scalar.Value, this);
        }

        node.Add(rule);
    }

    public RuleNode AddPackage(RefTerm package)
    {
        var node = Root;
        foreach (var part in package.Parts.Skip(1)) node = node.Child(((ScalarTerm)part).Value, this);
        return node;
    }

    public static List<Term> FullPath(Rule rule)
    {
        var head = rule.Head.Ref;
        var name = head.Parts[0] is VarTerm variable ? Names.Text(variable.Location, variable.Name) : head.Parts[0];
        return [.. rule.Module.Package.Parts, name, .. head.Parts.Skip(1)];
    }

    /// <summary>The deepest node along a reference's constant steps, and how many of its parts that took.</summary>
    public RuleNode? Find(RefTerm reference, out int taken)
    {
        taken = 0;
        if (reference.HeadName != Names.Data) return null;
        var node = Root;
        taken = 1;
        while (taken < reference.Parts.Count && !node.HasRules && reference.Parts[taken] is ScalarTerm scalar && node.Find(scalar.Value) is { } next)
        {
            node = next;
            taken++;
        }

        return node;
    }

    /// <summary>The node of exactly this path, or null.</summary>
    public RuleNode? FindExact(RefTerm reference)
    {
        if (reference.HeadName != Names.Data) return null;
        var node = Root;
        for (var i = 1; i < reference.Parts.Count; i++)
        {
            if (reference.Parts[i] is not ScalarTerm scalar || node.Find(scalar.Value) is not { } next) return null;
            node = next;
        }

        return node;
    }
}

/// <summary>A place in the tree of documents.</summary>
internal sealed class RuleNode(RuleNode? parent, RegoValue key, int index)
{
    private readonly List<Rule> _rules = [];

    public RuleNode? Parent { get; } = parent;

    public RegoValue Key { get; } = key;

    public int Index { get; } = index;

    public int Depth { get; } = parent is null ? 0 : parent.Depth + 1;

    public Dictionary<RegoValue, RuleNode> Children { get; } = [];

    /// <summary>What an image says of its rules here; null for rules that were compiled from their text.</summary>
    public LinkedNode? Linked { get; init; }

    public bool HasRules => Linked is { HasRules: true } || _rules.Count > 0;

    /// <summary>The definitions; those of an image are read when first asked for.</summary>
    public List<Rule> Rules => Linked is { HasRules: true } linked ? linked.Rules : _rules;

    /// <summary>The arity when this is a function, else -1.</summary>
    public int Arity => Linked is { HasRules: true } linked ? linked.Arity : _rules.Count > 0 && _rules[0].Head.Arguments is { } arguments ? arguments.Count : -1;

    /// <summary>Whether references of the definitions have variables.</summary>
    public bool HasVariables => Linked is { HasRules: true } linked
        ? linked.HasVariables
        : _rules.Exists(static r => r.Head.Ref.Parts.Skip(1).Any(static p => p is not ScalarTerm));

    /// <summary>Whether the definitions add members to a set.</summary>
    public bool IsMulti => Linked is { HasRules: true } linked ? linked.IsMulti : _rules.Count > 0 && _rules[0].Head.Kind == RuleKind.Multi;

    public bool IsFunction => Arity >= 0;

    public void Add(Rule rule) => _rules.Add(rule);

    public RuleNode? Find(RegoValue childKey) => Children.GetValueOrDefault(childKey);

    public RuleNode Child(RegoValue childKey, RuleTree tree)
    {
        if (Children.TryGetValue(childKey, out var child)) return child;
        return AddChild(childKey, null, tree);
    }

    public RuleNode AddChild(RegoValue childKey, LinkedNode? linked, RuleTree tree)
    {
        var child = new RuleNode(this, childKey, tree.Nodes.Count + 1) { Linked = linked };
        tree.Nodes.Add(child);
        return Children[childKey] = child;
    }

    /// <summary>The path as a reference, for messages.</summary>
    public string PathText()
    {
        var parts = new List<Term>();
        for (var node = this; node is not null; node = node.Parent)
            parts.Add(node.Parent is null ? new VarTerm(Location.None, Names.Data) : new ScalarTerm(Location.None, node.Key));
        parts.Reverse();
        return TermText.Of(new RefTerm(Location.None, parts));
    }

    public IEnumerable<RuleNode> Descendants()
    {
        foreach (var child in Children.Values)
        {
            yield return child;
            foreach (var below in child.Descendants()) yield return below;
        }
    }
}
