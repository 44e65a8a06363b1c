namespace Cove.Rego.GraphQl;

/// <summary>A type, or an extension of one. One class serves all kinds: they differ only in what they fill.</summary>
internal sealed class GraphDefinition
{
    public const string Scalar = "SCALAR";
    public const string Object = "OBJECT";
    public const string Interface = "INTERFACE";
    public const string Union = "UNION";
    public const string Enum = "ENUM";
    public const string InputObject = "INPUT_OBJECT";

    public required string Kind { get; init; }

    public required string Name { get; init; }

    public string Description { get; init; } = "";

    public List<GraphDirective> Directives { get; init; } = [];

    public List<string> Interfaces { get; init; } = [];

    public List<GraphFieldDefinition> Fields { get; init; } = [];

    public List<string> Types { get; init; } = [];

    public List<GraphEnumValue> EnumValues { get; init; } = [];

    public bool IsBuiltIn { get; set; }

    public GraphPosition Position { get; init; }

    public bool IsLeaf => Kind is Enum or Scalar;

    public bool IsAbstract => Kind is Interface or Union;

    public bool IsComposite => Kind is Object or Interface or Union;

    public bool IsInput => Kind is Scalar or Enum or InputObject;

    public GraphFieldDefinition? Field(string name) => Fields.Find(f => f.Name == name);
}

internal sealed class GraphFieldDefinition
{
    public required string Name { get; init; }

    public string Description { get; init; } = "";

    public List<GraphArgumentDefinition> Arguments { get; init; } = [];

    public GraphValue? Default { get; init; }

    public required GraphType Type { get; init; }

    public List<GraphDirective> Directives { get; init; } = [];

    public GraphPosition Position { get; init; }

    public GraphArgumentDefinition? Argument(string name) => Arguments.Find(a => a.Name == name);
}

internal sealed class GraphArgumentDefinition
{
    public required string Name { get; init; }

    public string Description { get; init; } = "";

    public GraphValue? Default { get; init; }

    public required GraphType Type { get; init; }

    public List<GraphDirective> Directives { get; init; } = [];

    public GraphPosition Position { get; init; }
}

internal sealed class GraphEnumValue
{
    public required string Name { get; init; }

    public string Description { get; init; } = "";

    public List<GraphDirective> Directives { get; init; } = [];
}

internal sealed class GraphDirectiveDefinition
{
    public required string Name { get; init; }

    public string Description { get; init; } = "";

    public List<GraphArgumentDefinition> Arguments { get; init; } = [];

    public List<string> Locations { get; init; } = [];

    public bool IsRepeatable { get; init; }

    public GraphPosition Position { get; init; }
}

internal sealed record GraphRootType(string Operation, string Type, GraphPosition Position);

/// <summary>The entry points of a schema, or an extension of them.</summary>
internal sealed class GraphEntryPoints
{
    public string Description { get; init; } = "";

    public List<GraphDirective> Directives { get; init; } = [];

    public List<GraphRootType> Roots { get; init; } = [];

    public GraphPosition Position { get; init; }
}

/// <summary>A type system document as written: not yet checked to hold together.</summary>
internal sealed class GraphSchemaDocument
{
    public List<GraphEntryPoints> Schemas { get; } = [];

    public List<GraphEntryPoints> SchemaExtensions { get; } = [];

    public List<GraphDirectiveDefinition> Directives { get; } = [];

    public List<GraphDefinition> Definitions { get; } = [];

    public List<GraphDefinition> Extensions { get; } = [];
}
