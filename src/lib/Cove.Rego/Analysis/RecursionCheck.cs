using Cove.Rego.Syntax;

namespace Cove.Rego.Analysis;

/// <summary>Rules must not depend on themselves.</summary>
internal sealed class RecursionCheck(CompilerState state)
{
    private readonly Dictionary<RuleNode, List<RuleNode>> _uses = [];

    /// <summary>The nodes with rules, each after what it depends on; empty after an error.</summary>
    public List<RuleNode> Order()
    {
        foreach (var node in state.Tree.Nodes)
            if (node.HasRules) _uses[node] = [.. UsesOf(node)];
        var order = new List<RuleNode>();
        var done = new HashSet<RuleNode>();
        foreach (var node in _uses.Keys) Visit(node, done, order);
        var suspects = NotResolved(order);
        if (suspects.Count == 0) return order;
        foreach (var node in suspects.OrderBy(static n => n.Rules[0].Location.File, StringComparer.Ordinal).ThenBy(static n => n.Rules[0].Location.Row))
            if (FindCycle(node) is { } cycle)
                state.Report(RegoError.RecursionCode, node.Rules[0].Location, $"rule {node.PathText()} is recursive: {string.Join(" -> ", cycle.Select(static n => n.PathText()))}");
        return order;
    }

    private void Visit(RuleNode start, HashSet<RuleNode> done, List<RuleNode> order)
    {
        if (!done.Add(start)) return;
        var stack = new Stack<Step>();
        stack.Push(new Step(start, 0));
        while (stack.TryPop(out var top))
        {
            var uses = _uses[top.Node];
            if (top.Next == uses.Count)
            {
                order.Add(top.Node);
                continue;
            }

            stack.Push(new Step(top.Node, top.Next + 1));
            if (done.Add(uses[top.Next])) stack.Push(new Step(uses[top.Next], 0));
        }
    }

    /// <summary>The nodes that are left when those whose uses are all resolved are taken away: only they can be on a cycle.</summary>
    private List<RuleNode> NotResolved(List<RuleNode> order)
    {
        var resolved = new HashSet<RuleNode>();
        var left = new List<RuleNode>();
        foreach (var node in order)
        {
            if (_uses[node].TrueForAll(resolved.Contains)) resolved.Add(node);
            else left.Add(node);
        }

        return left;
    }

    /// <summary>The shortest way from a node back to itself.</summary>
    private List<RuleNode>? FindCycle(RuleNode start)
    {
        var from = new Dictionary<RuleNode, RuleNode>();
        var queue = new Queue<RuleNode>([start]);
        while (queue.TryDequeue(out var node))
        {
            foreach (var used in _uses[node])
            {
                if (used == start)
                {
                    List<RuleNode> path = [start];
                    for (var at = node; at != start; at = from[at]) path.Add(at);
                    path.Add(start);
                    path.Reverse();
                    return path;
                }

                if (from.TryAdd(used, node)) queue.Enqueue(used);
            }
        }

        return null;
    }

    public HashSet<RuleNode> UsesOf(RuleNode node)
    {
        var uses = new HashSet<RuleNode>();
        if (node.Linked is { } linked)
        {
            // Among themselves an image's rules are known to be in order: what counts is where they lead out of it.
            foreach (var reference in linked.Outward) Reach(state.Tree.Root, reference, 1, uses);
            return uses;
        }

        bool Look(Term term)
        {
            if (term is RefTerm { HeadName: Names.Data } reference) AddUses(reference, uses);
            return true;
        }

        foreach (var rule in node.Rules)
        {
            for (var part = rule; part is not null; part = part.Else)
            {
                TermWalker.Visit(part.Body, Look);
                if (part.Head.Key is { } key) TermWalker.Visit(key, Look);
                if (part.Head.Value is { } value) TermWalker.Visit(value, Look);
                foreach (var term in part.Head.Ref.Parts.Skip(1)) TermWalker.Visit(term, Look);
            }
        }

        return uses;
    }

    private readonly record struct Step(RuleNode Node, int Next);

    private void AddUses(RefTerm reference, HashSet<RuleNode> uses) => Reach(state.Tree.Root, reference, 1, uses);

    private static void Reach(RuleNode node, RefTerm reference, int at, HashSet<RuleNode> uses)
    {
        if (node.HasRules) uses.Add(node);
        if (at == reference.Parts.Count)
        {
            foreach (var below in node.Descendants())
                if (below.HasRules && !below.IsFunction) uses.Add(below);
            return;
        }

        if (reference.Parts[at] is ScalarTerm scalar)
        {
            if (node.Find(scalar.Value) is { } child) Reach(child, reference, at + 1, uses);
            return;
        }

        foreach (var child in node.Children.Values) Reach(child, reference, at + 1, uses);
    }
}
