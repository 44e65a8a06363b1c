namespace Cove.Rego.GraphQl;

/// <summary>The rules for fragments, operations and variables (GraphQL specification §5.2, §5.5, §5.8).</summary>
internal sealed partial class GraphValidation
{
    private readonly HashSet<string> _inCycleCheck = [];
    private readonly HashSet<string> _fragmentNames = [];
    private readonly HashSet<string> _operationNames = [];

    private void Check(GraphInlineFragment fragment)
    {
        var name = fragment.TypeCondition;
        var type = schema.Type(name);
        if (type is { IsComposite: false }) Add($"Fragment cannot condition on non composite type \"{name}\".", fragment.Position);
        if (name.Length > 0 && type is null) Add($"Unknown type \"{name}\".", fragment.Position);
        CheckOverlaps(fragment.Selections);
        if (!MayApply(fragment.Parent, name))
            Add($"Fragment cannot be spread here as objects of type \"{fragment.Parent!.Name}\" can never be of type \"{name}\".", fragment.Position);
    }

    private void Check(GraphSpread spread)
    {
        if (spread.Fragment is not { } fragment)
        {
            Add($"Unknown fragment \"{spread.Name}\".", spread.Position);
            return;
        }

        if (!MayApply(spread.Parent, fragment.TypeCondition))
            Add($"Fragment \"{spread.Name}\" cannot be spread here as objects of type \"{spread.Parent!.Name}\" can never be of type \"{fragment.TypeCondition}\".", spread.Position);
    }

    private bool MayApply(GraphDefinition? parent, string condition)
    {
        if (parent is not { IsComposite: true } || schema.Type(condition) is not { IsComposite: true }) return true;
        IEnumerable<GraphDefinition> here = parent.Kind == GraphDefinition.Object ? [parent] : schema.Possible(parent.Name);
        var names = here.Select(static d => d.Name).ToHashSet();
        return schema.Possible(condition).Any(d => names.Contains(d.Name));
    }

    private void Check(GraphFragment fragment)
    {
        if (fragment.Definition is { IsComposite: false })
            Add($"Fragment \"{fragment.Name}\" cannot condition on non composite type \"{fragment.TypeCondition}\".", fragment.Position);
        if (fragment.Definition is null)
            Add($"Unknown type \"{fragment.TypeCondition}\".{GraphSuggestions.Sentence("Did you mean", fragment.TypeCondition, schema.Types.Select(static t => t.Name))}", fragment.Position);
        CheckCycles(fragment, [], []);
        if (!IsSpreadSomewhere(fragment.Name)) Add($"Fragment \"{fragment.Name}\" is never used.", fragment.Position);
        CheckOverlaps(fragment.Selections);
        if (!_fragmentNames.Add(fragment.Name)) Add($"There can be only one fragment named \"{fragment.Name}\".", fragment.Position);
    }

    private void CheckCycles(GraphFragment fragment, List<GraphSpread> path, Dictionary<string, int> at)
    {
        System.Runtime.CompilerServices.RuntimeHelpers.EnsureSufficientExecutionStack();
        if (!_inCycleCheck.Add(fragment.Name)) return;
        var spreads = new List<GraphSpread>();
        CollectSpreads(fragment.Selections, spreads);
        if (spreads.Count == 0) return;
        at[fragment.Name] = path.Count;
        foreach (var spread in spreads)
        {
            path.Add(spread);
            if (at.TryGetValue(spread.Name, out var start))
            {
                var between = path[start..^1].Select(static s => $"\"{s.Name}\"").ToList();
                Add($"Cannot spread fragment \"{spread.Name}\" within itself{(between.Count == 0 ? "" : " via " + string.Join(", ", between))}.", spread.Position);
            }
            else if (query.Fragments.Find(f => f.Name == spread.Name) is { } next)
            {
                CheckCycles(next, path, at);
            }

            path.RemoveAt(path.Count - 1);
        }

        at.Remove(fragment.Name);
    }

    private static void CollectSpreads(List<GraphSelection> selections, List<GraphSpread> spreads)
    {
        foreach (var selection in selections)
            if (selection is GraphSpread spread) spreads.Add(spread);
        foreach (var selection in selections)
        {
            if (selection is GraphField field) CollectSpreads(field.Selections, spreads);
            else if (selection is GraphInlineFragment fragment) CollectSpreads(fragment.Selections, spreads);
        }
    }

    /// <summary>Spreads in operations, and in fragments that operations reach, were walked before any fragment's own turn.</summary>
    private bool IsSpreadSomewhere(string name) => (_spread ??= ReachedFragments()).Contains(name);

    private HashSet<string>? _spread;

    private HashSet<string> ReachedFragments()
    {
        var reached = new HashSet<string>();
        var spreads = new List<GraphSpread>();
        foreach (var operation in query.Operations) CollectSpreads(operation.Selections, spreads);
        for (var i = 0; i < spreads.Count; i++)
        {
            if (!reached.Add(spreads[i].Name)) continue;
            if (query.Fragments.Find(f => f.Name == spreads[i].Name) is { } fragment) CollectSpreads(fragment.Selections, spreads);
        }

        return reached;
    }

    private void Check(GraphOperation operation)
    {
        if (schema.Root(operation.Kind) is null) Add($"Schema does not support operation type \"{operation.Kind}\"", operation.Position);
        if (operation.Name.Length == 0 && query.Operations.Count > 1) Add("This anonymous operation must be the only defined operation.", operation.Position);
        foreach (var variable in operation.Variables.Where(static v => !v.IsUsed))
        {
            var where = operation.Name.Length == 0 ? "" : $" in operation \"{operation.Name}\"";
            Add($"Variable \"${variable.Name}\" is never used{where}.", variable.Position);
        }

        CheckOverlaps(operation.Selections);
        CheckSubscription(operation);
        if (operation.Name.Length > 0 && !_operationNames.Add(operation.Name)) Add($"There can be only one operation named \"{operation.Name}\".", operation.Position);
        var seen = new HashSet<string>();
        foreach (var variable in operation.Variables)
            if (!seen.Add(variable.Name)) Add($"There can be only one variable named \"${variable.Name}\".", variable.Position);
        foreach (var variable in operation.Variables)
        {
            if (schema.Type(variable.Type.InnerName) is { IsInput: false })
                Add($"Variable \"${variable.Name}\" cannot be non-input type \"{variable.Type}\".", variable.Position);
        }
    }

    private void CheckSubscription(GraphOperation operation)
    {
        if (schema.Subscription is null || operation.Kind != "subscription") return;
        var fields = new List<GraphField>();
        CollectTopFields(operation.Selections, fields, []);
        var distinct = fields.DistinctBy(static f => f.Name).ToList();
        var name = operation.Name.Length == 0 ? "Anonymous Subscription" : $"Subscription \"{operation.Name}\"";
        if (distinct.Count > 1) Add($"{name} must select only one top level field.", distinct[1].Position);
        foreach (var field in distinct.Where(static f => f.Name.StartsWith("__", StringComparison.Ordinal)))
            Add($"{name} must not select an introspection top level field.", field.Position);
    }

    private static void CollectTopFields(List<GraphSelection> selections, List<GraphField> fields, HashSet<string> inside)
    {
        foreach (var selection in selections)
        {
            if (selection is GraphField field) fields.Add(field);
            else if (selection is GraphInlineFragment fragment) CollectTopFields(fragment.Selections, fields, inside);
            else if (selection is GraphSpread { Fragment: { } target } && inside.Add(target.Name)) CollectTopFields(target.Selections, fields, inside);
        }
    }

    private void CheckVariable(GraphVariable variable)
    {
        if (schema.Type(variable.Type.InnerName) is null) Add($"Unknown type \"{variable.Type.InnerName}\".", variable.Position);
    }
}
