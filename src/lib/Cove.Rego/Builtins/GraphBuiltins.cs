using Cove.Rego.Evaluation;
using Cove.Rego.Values;

namespace Cove.Rego.Builtins;

internal static class GraphBuiltins
{
    public static IEnumerable<BuiltinDefinition> All =>
    [
        new("graph.reachable", "(object[any: <arr, set>], <arr, set>) -> set") { Two = Reachable },
        new("graph.reachable_paths", "(object[any: <arr, set>], <arr, set>) -> set[arr]") { Two = Paths },
    ];

    private static RegoValue? Reachable(EvaluationContext context, RegoValue graph, RegoValue initial)
    {
        if (!Operands.Object(context, graph, 1, out var edges) || !Nodes(context, initial, 2, out var start)) return null;
        var found = new SetBuilder();
        var queue = new Queue<RegoValue>();
        foreach (var node in start)
            if (edges.Find(node) is { } out1 && found.Add(node)) queue.Enqueue(out1);
        while (queue.TryDequeue(out var neighbours))
        {
            var following = Edges(neighbours);
            context.CountSteps(following.Length);
            foreach (var next in following)
                if (edges.Find(next) is { } out2 && found.Add(next)) queue.Enqueue(out2);
        }

        return found.Build();
    }

    private static bool Nodes(EvaluationContext context, RegoValue value, int position, out RegoValue[] nodes)
    {
        nodes = value switch
        {
            RegoArray array => array.Items,
            RegoSet set => set.Sorted,
            _ => null!,
        };
        return nodes is not null || Operands.Refuse(context, position, "{array, set}", value);
    }

    private static RegoValue[] Edges(RegoValue? value) => value switch
    {
        RegoArray array => array.Items,
        RegoSet set => set.Sorted,
        _ => [],
    };

    private static RegoValue? Paths(EvaluationContext context, RegoValue graph, RegoValue initial)
    {
        if (!Operands.Object(context, graph, 1, out var edges) || !Nodes(context, initial, 2, out var start)) return null;
        var found = new SetBuilder();
        foreach (var node in start)
        {
            if (edges.Find(node) is not { } first) continue;
            var neighbours = Edges(first);
            if (neighbours.Length == 0) found.Add(RegoArray.Of(node));
            // The first step may lead back to where it began; later ones may not.
            foreach (var neighbour in neighbours)
            {
                if (edges.Find(neighbour) is null) found.Add(RegoArray.Of(node));
                else Follow(context, edges, [node, neighbour], found);
            }
        }

        return found.Build();
    }

    /// <summary>A path ends where nothing new can follow; a neighbour that is not a node of the graph is not part of it.</summary>
    private static void Follow(EvaluationContext context, RegoObject edges, List<RegoValue> path, SetBuilder found)
    {
        System.Runtime.CompilerServices.RuntimeHelpers.EnsureSufficientExecutionStack();
        context.CountSteps(path.Count);
        var next = Edges(edges.Find(path[^1]));
        if (next.Length == 0)
        {
            found.Add(new RegoArray([.. path]));
            return;
        }

        foreach (var neighbour in next)
        {
            if (edges.Find(neighbour) is null || path.Contains(neighbour))
            {
                found.Add(new RegoArray([.. path]));
                continue;
            }

            path.Add(neighbour);
            Follow(context, edges, path, found);
            path.RemoveAt(path.Count - 1);
        }
    }
}
