using Cove.Rego.Values;

namespace Cove.Rego.GraphQl;

/// <summary>Documents from values in the form that <see cref="GraphWriter"/> writes. What is absent is empty; what is of another kind is refused.</summary>
internal static class GraphReader
{
    /// <exception cref="GraphException">The value is not of the form.</exception>
    public static GraphQuery ReadQuery(RegoObject value)
    {
        var query = new GraphQuery();
        query.Operations.AddRange(Each(value, "Operations", ReadOperation));
        query.Fragments.AddRange(Each(value, "Fragments", ReadFragment));
        return query;
    }

    /// <exception cref="GraphException">The value is not of the form.</exception>
    public static GraphSchemaDocument ReadSchema(RegoObject value)
    {
        var document = new GraphSchemaDocument();
        document.Schemas.AddRange(Each(value, "Schema", ReadEntryPoints));
        document.SchemaExtensions.AddRange(Each(value, "SchemaExtension", ReadEntryPoints));
        document.Directives.AddRange(Each(value, "Directives", ReadDirectiveDefinition));
        document.Definitions.AddRange(Each(value, "Definitions", ReadDefinition));
        document.Extensions.AddRange(Each(value, "Extensions", ReadDefinition));
        return document;
    }

    private static GraphOperation ReadOperation(RegoObject value) => new()
    {
        Kind = Text(value, "Operation"),
        Name = Text(value, "Name"),
        Variables = Each(value, "VariableDefinitions", ReadVariable),
        Directives = ReadDirectives(value),
        Selections = ReadSelections(value),
    };

    private static GraphFragment ReadFragment(RegoObject value) => new()
    {
        Name = Text(value, "Name"),
        Variables = Each(value, "VariableDefinition", ReadVariable),
        TypeCondition = Text(value, "TypeCondition"),
        Directives = ReadDirectives(value),
        Selections = ReadSelections(value),
    };

    private static List<GraphSelection> ReadSelections(RegoObject value) => Each(value, "SelectionSet", ReadSelection);

    /// <summary>A field has an alias and an inline fragment no name; what remains is a spread.</summary>
    private static GraphSelection ReadSelection(RegoObject value)
    {
        if (value["Name"] is null)
            return new GraphInlineFragment { TypeCondition = Text(value, "TypeCondition"), Directives = ReadDirectives(value), Selections = ReadSelections(value) };
        var name = Text(value, "Name");
        if (value["Alias"] is null) return new GraphSpread { Name = name, Directives = ReadDirectives(value) };
        return new GraphField { Alias = Text(value, "Alias"), Name = name, Arguments = Each(value, "Arguments", ReadArgument), Directives = ReadDirectives(value), Selections = ReadSelections(value) };
    }

    private static GraphVariable ReadVariable(RegoObject value) => new()
    {
        Name = Text(value, "Variable"), Type = ReadType(value), Default = ReadValue(value, "DefaultValue"), Directives = ReadDirectives(value),
    };

    private static GraphType ReadType(RegoObject value) => value["Type"] is RegoObject type ? ReadTypeNode(type) : new GraphType();

    private static GraphType ReadTypeNode(RegoObject type)
    {
        System.Runtime.CompilerServices.RuntimeHelpers.EnsureSufficientExecutionStack();
        return new GraphType
        {
            Name = Text(type, "NamedType"), Element = type["Elem"] is RegoObject element ? ReadTypeNode(element) : null, IsNonNull = type["NonNull"] == RegoValue.True,
        };
    }

    private static GraphValue? ReadValue(RegoObject value, string field)
    {
        if (value[field] is null) return null;
        if (value[field] is not RegoObject node) throw Wrong(field);
        System.Runtime.CompilerServices.RuntimeHelpers.EnsureSufficientExecutionStack();
        var kind = node["Kind"] is RegoNumber { IsInt64: true, Int64: >= 0 and <= (int)GraphValueKind.Object } number ? (GraphValueKind)number.Int64 : throw Wrong("Kind");
        return new GraphValue { Kind = kind, Raw = Text(node, "Raw"), Children = Each(node, "Children", ReadChild) };
    }

    private static GraphChild ReadChild(RegoObject value) => new(Text(value, "Name"), ReadValue(value, "Value") ?? throw Wrong("Value"), default);

    private static GraphArgument ReadArgument(RegoObject value) => new(Text(value, "Name"), ReadValue(value, "Value") ?? throw Wrong("Value"), default);

    private static List<GraphDirective> ReadDirectives(RegoObject value) =>
        Each(value, "Directives", static d => new GraphDirective { Name = Text(d, "Name"), Arguments = Each(d, "Arguments", ReadArgument) });

    private static GraphEntryPoints ReadEntryPoints(RegoObject value) => new()
    {
        Description = Text(value, "Description"),
        Directives = ReadDirectives(value),
        Roots = Each(value, "OperationTypes", static r => new GraphRootType(Text(r, "Operation"), Text(r, "Type"), default)),
    };

    private static GraphDirectiveDefinition ReadDirectiveDefinition(RegoObject value) => new()
    {
        Description = Text(value, "Description"),
        Name = Text(value, "Name"),
        Arguments = Each(value, "Arguments", ReadArgumentDefinition),
        Locations = Texts(value, "Locations"),
        IsRepeatable = value["IsRepeatable"] == RegoValue.True,
    };

    private static GraphDefinition ReadDefinition(RegoObject value) => new()
    {
        Kind = Text(value, "Kind"),
        Description = Text(value, "Description"),
        Name = Text(value, "Name"),
        Directives = ReadDirectives(value),
        Interfaces = Texts(value, "Interfaces"),
        Fields = Each(value, "Fields", ReadFieldDefinition),
        Types = Texts(value, "Types"),
        EnumValues = Each(value, "EnumValues", static v => new GraphEnumValue { Description = Text(v, "Description"), Name = Text(v, "Name"), Directives = ReadDirectives(v) }),
        IsBuiltIn = value["BuiltIn"] == RegoValue.True,
    };

    private static GraphFieldDefinition ReadFieldDefinition(RegoObject value) => new()
    {
        Description = Text(value, "Description"),
        Name = Text(value, "Name"),
        Arguments = Each(value, "Arguments", ReadArgumentDefinition),
        Default = ReadValue(value, "DefaultValue"),
        Type = ReadType(value),
        Directives = ReadDirectives(value),
    };

    private static GraphArgumentDefinition ReadArgumentDefinition(RegoObject value) => new()
    {
        Description = Text(value, "Description"),
        Name = Text(value, "Name"),
        Default = ReadValue(value, "DefaultValue"),
        Type = ReadType(value),
        Directives = ReadDirectives(value),
    };

    private static List<T> Each<T>(RegoObject value, string field, Func<RegoObject, T> read)
    {
        var items = new List<T>();
        if (value[field] is null or { Kind: RegoKind.Null }) return items;
        if (value[field] is not RegoArray array) throw Wrong(field);
        System.Runtime.CompilerServices.RuntimeHelpers.EnsureSufficientExecutionStack();
        foreach (var item in array.Items) items.Add(read(item as RegoObject ?? throw Wrong(field)));
        return items;
    }

    private static List<string> Texts(RegoObject value, string field) => value[field] switch
    {
        null or { Kind: RegoKind.Null } => [],
        RegoArray array => [.. array.Items.Select(item => (item as RegoString)?.Text ?? throw Wrong(field))],
        _ => throw Wrong(field),
    };

    private static string Text(RegoObject value, string field) => value[field] switch
    {
        null or { Kind: RegoKind.Null } => "",
        RegoString text => text.Text,
        _ => throw Wrong(field),
    };

    private static GraphException Wrong(string field) => new($"json: cannot unmarshal the field {field} of a GraphQL document", GraphPosition.None);
}
