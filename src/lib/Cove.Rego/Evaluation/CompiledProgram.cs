using Cove.Rego.Analysis;
using Cove.Rego.Values;

namespace Cove.Rego.Evaluation;

/// <summary>All documents of a policy. Immutable to the outside: plans appear on first use, each once.</summary>
internal sealed class CompiledProgram
{
    private readonly Lock _planning = new();
    private int _rules;

    /// <param name="state">The analysed modules.</param>
    /// <param name="isTraced">Whether plans tell a tracer what they do; such plans are slower.</param>
    public CompiledProgram(CompilerState state, bool isTraced = false)
    {
        State = state;
        IsTraced = isTraced;
        Root = new Document(this, state.Tree.Root, null);
        Documents = new Document[state.Tree.Nodes.Count + 1];
        Documents[0] = Root;
        AddChildren(Root);
    }

    public CompilerState State { get; }

    public bool IsTraced { get; }

    public Document Root { get; }

    public Patterns.PatternCache Patterns { get; } = new();

    public Document[] Documents { get; }

    public int NextRuleId() => Interlocked.Increment(ref _rules) - 1;

    public DocumentPlan PlanDocument(Document document)
    {
        lock (_planning) return new DocumentPlanner(this).Plan(document);
    }

    public KeyedPlan PlanKeyed(Document document)
    {
        lock (_planning) return new DocumentPlanner(this).PlanKeyed(document);
    }

    /// <summary>The document at a path of string keys, or null where there are only facts.</summary>
    public Document? Find(ReadOnlySpan<RegoValue> path)
    {
        var at = Root;
        foreach (var key in path)
            if (!at.Children.TryGetValue(key, out at!)) return null;
        return at;
    }

    private void AddChildren(Document parent)
    {
        var stack = new Stack<Document>([parent]);
        while (stack.TryPop(out var at))
        {
            foreach (var (key, node) in at.Node.Children)
            {
                var child = new Document(this, node, at);
                at.Children[key] = child;
                Documents[node.Index] = child;
                stack.Push(child);
            }
        }
    }
}
