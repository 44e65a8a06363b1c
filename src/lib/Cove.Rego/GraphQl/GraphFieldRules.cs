namespace Cove.Rego.GraphQl;

/// <summary>The rules for fields and directives (GraphQL specification §5.3, §5.4, §5.7).</summary>
internal sealed partial class GraphValidation
{
    private readonly HashSet<(string Name, GraphPosition Position)> _misplaced = [];

    private void Check(GraphField field)
    {
        CheckExists(field);
        if (field is { Definition: { } known, Parent: not null })
            CheckKnownArguments(field.Arguments, known.Arguments, $"field \"{field.Parent.Name}.{field.Name}\"", field.Position);
        CheckIntrospectionDepth(field);
        if (_operation is not null) CheckOverlaps(field.Selections);
        if (field.Definition is { } definition)
        {
            CheckRequiredArguments($"Field \"{field.Name}\"", field.Arguments, definition.Arguments, field.Position);
            CheckLeaf(field, definition);
        }

        CheckDistinct(field.Arguments);
    }

    private void CheckExists(GraphField field)
    {
        if (field.Parent is not { } parent || field.Definition is not null) return;
        var types = SuggestedTypes(parent, field.Name);
        var suggestion = types.Count > 0 ? $" Did you mean to use an inline fragment on {GraphSuggestions.List(types.Select(static t => $"\"{t}\""))}?"
            : parent.Kind is GraphDefinition.Object or GraphDefinition.Interface ? GraphSuggestions.Sentence("Did you mean", field.Name, parent.Fields.Select(static f => f.Name))
            : "";
        Add($"Cannot query field \"{field.Name}\" on type \"{parent.Name}\".{suggestion}", field.Position);
    }

    /// <summary>Types below an abstract one that have the field, those that most others share first.</summary>
    private List<string> SuggestedTypes(GraphDefinition parent, string field)
    {
        if (!parent.IsAbstract) return [];
        var (interfaces, objects, uses) = (new List<string>(), new List<string>(), new Dictionary<string, int>());
        foreach (var possible in schema.Possible(parent.Name).Where(p => p.Field(field) is not null))
        {
            objects.Add(possible.Name);
            foreach (var name in possible.Interfaces.Where(i => schema.Type(i)?.Field(field) is not null))
            {
                if (!uses.TryGetValue(name, out var count)) interfaces.Add(name);
                uses[name] = count + 1;
            }
        }

        return [.. interfaces.Concat(objects).OrderByDescending(n => uses.GetValueOrDefault(n)).ThenBy(static n => n, StringComparer.Ordinal)];
    }

    private void CheckKnownArguments(List<GraphArgument> arguments, List<GraphArgumentDefinition> definitions, string where, GraphPosition position)
    {
        foreach (var argument in arguments)
        {
            if (definitions.Exists(d => d.Name == argument.Name)) continue;
            Add($"Unknown argument \"{argument.Name}\" on {where}.{GraphSuggestions.Sentence("Did you mean", argument.Name, definitions.Select(static d => d.Name))}", position);
        }
    }

    private void CheckRequiredArguments(string what, List<GraphArgument> arguments, List<GraphArgumentDefinition> definitions, GraphPosition position)
    {
        foreach (var definition in definitions)
        {
            if (!definition.Type.IsNonNull || definition.Default is not null || arguments.Exists(a => a.Name == definition.Name)) continue;
            Add($"{what} argument \"{definition.Name}\" of type \"{definition.Type}\" is required, but it was not provided.", position);
        }
    }

    private void CheckLeaf(GraphField field, GraphFieldDefinition definition)
    {
        if (schema.Type(definition.Type.InnerName) is not { } type) return;
        if (type.IsLeaf && field.Selections.Count > 0)
            Add($"Field \"{field.Name}\" must not have a selection since type \"{type.Name}\" has no subfields.", field.Position);
        if (!type.IsLeaf && field.Selections.Count == 0)
            Add($"Field \"{field.Name}\" of type \"{definition.Type}\" must have a selection of subfields. Did you mean \"{field.Name} {{ ... }}\"?", field.Position);
    }

    private void CheckDistinct(List<GraphArgument> arguments)
    {
        var seen = new HashSet<string>();
        foreach (var argument in arguments)
            if (!seen.Add(argument.Name)) Add($"There can be only one argument named \"{argument.Name}\".", argument.Position);
    }

    private void Check(GraphDirective directive, string location)
    {
        if (directive.Definition is { } known) CheckKnownArguments(directive.Arguments, known.Arguments, $"directive \"@{directive.Name}\"", directive.Position);
        if (directive.Definition is null) Add($"Unknown directive \"@{directive.Name}\".", directive.Position);
        else if (!directive.Definition.Locations.Contains(location) && _misplaced.Add((directive.Name, directive.Position)))
            Add($"Directive \"@{directive.Name}\" may not be used on {location}.", directive.Position);
        if (directive.Definition is { } definition) CheckRequiredArguments($"Directive \"@{directive.Name}\"", directive.Arguments, definition.Arguments, directive.Position);
        CheckDistinct(directive.Arguments);
    }

    private void CheckDistinct(List<GraphDirective> directives)
    {
        var seen = new HashSet<string>();
        foreach (var directive in directives)
        {
            if (!seen.Add(directive.Name) && directive.Name != "repeatable")
                Add($"The directive \"@{directive.Name}\" can only be used once at this location.", directive.Position);
        }
    }

    private const int MaxIntrospectionLists = 3;

    private void CheckIntrospectionDepth(GraphField field)
    {
        if (field.Name is "__schema" or "__type" && IsTooDeep(field.Selections, 0, [])) Add("Maximum introspection depth exceeded", field.Position);
    }

    private bool IsTooDeep(List<GraphSelection> selections, int depth, HashSet<string> inside)
    {
        foreach (var selection in selections)
        {
            context.CountStep();
            switch (selection)
            {
                case GraphField field:
                    var below = field.Name is "fields" or "interfaces" or "possibleTypes" or "inputFields" ? depth + 1 : depth;
                    if (below >= MaxIntrospectionLists || IsTooDeep(field.Selections, below, inside)) return true;
                    break;
                case GraphInlineFragment fragment:
                    if (IsTooDeep(fragment.Selections, depth, inside)) return true;
                    break;
                case GraphSpread { Fragment: { } target } when inside.Add(target.Name):
                    if (IsTooDeep(target.Selections, depth, inside)) return true;
                    inside.Remove(target.Name);
                    break;
            }
        }

        return false;
    }
}
