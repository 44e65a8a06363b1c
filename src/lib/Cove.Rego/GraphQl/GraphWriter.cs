using Cove.Rego.Values;

namespace Cove.Rego.GraphQl;

/// <summary>Documents as values: the field's JSON form, without positions and without empty lists.</summary>
internal static class GraphWriter
{
    public static RegoObject Write(GraphQuery query) => Node(
        ("Operations", Each(query.Operations, Write)),
        ("Fragments", Each(query.Fragments, Write)));

    public static RegoObject Write(GraphSchemaDocument document) => Node(
        ("Schema", Each(document.Schemas, Write)),
        ("SchemaExtension", Each(document.SchemaExtensions, Write)),
        ("Directives", Each(document.Directives, Write)),
        ("Definitions", Each(document.Definitions, Write)),
        ("Extensions", Each(document.Extensions, Write)));

    private static RegoObject Write(GraphOperation operation) => Node(
        ("Operation", Text(operation.Kind)),
        ("Name", Text(operation.Name)),
        ("VariableDefinitions", Each(operation.Variables, Write)),
        ("Directives", Each(operation.Directives, Write)),
        ("SelectionSet", Each(operation.Selections, Write)));

    private static RegoObject Write(GraphFragment fragment) => Node(
        ("Name", Text(fragment.Name)),
        ("VariableDefinition", Each(fragment.Variables, Write)),
        ("TypeCondition", Text(fragment.TypeCondition)),
        ("Directives", Each(fragment.Directives, Write)),
        ("SelectionSet", Each(fragment.Selections, Write)));

    private static RegoObject Write(GraphSelection selection) => selection switch
    {
        GraphField field => Node(
            ("Alias", Text(field.Alias)),
            ("Name", Text(field.Name)),
            ("Arguments", Each(field.Arguments, Write)),
            ("Directives", Each(field.Directives, Write)),
            ("SelectionSet", Each(field.Selections, Write))),
        GraphSpread spread => Node(("Name", Text(spread.Name)), ("Directives", Each(spread.Directives, Write))),
        GraphInlineFragment fragment => Node(
            ("TypeCondition", Text(fragment.TypeCondition)),
            ("Directives", Each(fragment.Directives, Write)),
            ("SelectionSet", Each(fragment.Selections, Write))),
        _ => RegoObject.Empty,
    };

    private static RegoObject Write(GraphVariable variable) => Node(
        ("Variable", Text(variable.Name)),
        ("Type", Write(variable.Type)),
        ("DefaultValue", Write(variable.Default)),
        ("Directives", Each(variable.Directives, Write)),
        ("Used", RegoValue.False));

    private static RegoObject Write(GraphType type) => Node(
        ("NamedType", Text(type.Name)),
        ("Elem", type.Element is null ? null : Write(type.Element)),
        ("NonNull", RegoValue.Of(type.IsNonNull)));

    private static RegoObject? Write(GraphValue? value) => value is null ? null : Node(
        ("Raw", Text(value.Raw)),
        ("Kind", RegoValue.Of((int)value.Kind)),
        ("Children", Each(value.Children, static c => Node(("Name", Text(c.Name)), ("Value", Write(c.Value))))),
        ("ExpectedTypeHasDefault", RegoValue.False));

    private static RegoObject Write(GraphArgument argument) => Node(("Name", Text(argument.Name)), ("Value", Write(argument.Value)));

    private static RegoObject Write(GraphDirective directive) => Node(
        ("Name", Text(directive.Name)),
        ("Arguments", Each(directive.Arguments, Write)),
        ("Location", Text("")));

    private static RegoObject Write(GraphEntryPoints schema) => Node(
        ("Description", Text(schema.Description)),
        ("Directives", Each(schema.Directives, Write)),
        ("OperationTypes", Each(schema.Roots, static r => Node(("Operation", Text(r.Operation)), ("Type", Text(r.Type))))));

    private static RegoObject Write(GraphDirectiveDefinition directive) => Node(
        ("Description", Text(directive.Description)),
        ("Name", Text(directive.Name)),
        ("Arguments", Each(directive.Arguments, Write)),
        ("Locations", Each(directive.Locations, Text)),
        ("IsRepeatable", RegoValue.Of(directive.IsRepeatable)));

    private static RegoObject Write(GraphDefinition definition) => Node(
        ("Kind", Text(definition.Kind)),
        ("Description", Text(definition.Description)),
        ("Name", Text(definition.Name)),
        ("Directives", Each(definition.Directives, Write)),
        ("Interfaces", Each(definition.Interfaces, Text)),
        ("Fields", Each(definition.Fields, Write)),
        ("Types", Each(definition.Types, Text)),
        ("EnumValues", Each(definition.EnumValues, static v => Node(("Description", Text(v.Description)), ("Name", Text(v.Name)), ("Directives", Each(v.Directives, Write))))),
        ("BuiltIn", RegoValue.Of(definition.IsBuiltIn)));

    private static RegoObject Write(GraphFieldDefinition field) => Node(
        ("Description", Text(field.Description)),
        ("Name", Text(field.Name)),
        ("Arguments", Each(field.Arguments, Write)),
        ("DefaultValue", Write(field.Default)),
        ("Type", Write(field.Type)),
        ("Directives", Each(field.Directives, Write)));

    private static RegoObject Write(GraphArgumentDefinition argument) => Node(
        ("Description", Text(argument.Description)),
        ("Name", Text(argument.Name)),
        ("DefaultValue", Write(argument.Default)),
        ("Type", Write(argument.Type)),
        ("Directives", Each(argument.Directives, Write)));

    private static RegoString Text(string text) => new(text);

    private static RegoArray? Each<T>(List<T> items, Func<T, RegoValue> write) => items.Count == 0 ? null : new RegoArray([.. items.Select(write)]);

    private static RegoObject Node(params ReadOnlySpan<(string Name, RegoValue? Value)> fields)
    {
        var node = new ObjectBuilder(fields.Length);
        foreach (var (name, value) in fields)
            if (value is not null) node.Set(Text(name), value);
        return node.Build();
    }
}
