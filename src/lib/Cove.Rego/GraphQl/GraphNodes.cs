namespace Cove.Rego.GraphQl;

/// <summary>The kinds of values, with the numbers that the JSON form uses.</summary>
internal enum GraphValueKind
{
    Variable,
    Int,
    Float,
    String,
    Block,
    Boolean,
    Null,
    Enum,
    List,
    Object,
}

internal sealed class GraphType
{
    public string Name { get; init; } = "";

    public GraphType? Element { get; init; }

    public bool IsNonNull { get; set; }

    public GraphPosition Position { get; set; }

    /// <summary>The name inside all lists.</summary>
    public string InnerName => Element?.InnerName ?? Name;

    public override string ToString() => (Element is null ? Name : $"[{Element}]") + (IsNonNull ? "!" : "");
}

internal sealed class GraphValue
{
    public GraphValueKind Kind { get; init; }

    public string Raw { get; init; } = "";

    public List<GraphChild> Children { get; init; } = [];

    public GraphPosition Position { get; init; }

    /// <summary>What the place wants; set while validating.</summary>
    public GraphType? ExpectedType { get; set; }

    public GraphDefinition? Definition { get; set; }

    public GraphVariable? Variable { get; set; }

    public override string ToString() => Kind switch
    {
        GraphValueKind.Variable => "$" + Raw,
        GraphValueKind.String or GraphValueKind.Block => Values.GoQuote.Quote(Raw),
        GraphValueKind.List => $"[{string.Join(',', Children.Select(static c => c.Value.ToString()))}]",
        GraphValueKind.Object => $"{{{string.Join(',', Children.Select(static c => $"{c.Name}:{c.Value}"))}}}",
        _ => Raw,
    };
}

/// <summary>An element of a list (without a name) or a field of an object.</summary>
internal sealed record GraphChild(string Name, GraphValue Value, GraphPosition Position);

internal sealed record GraphArgument(string Name, GraphValue Value, GraphPosition Position);

internal sealed class GraphDirective
{
    public required string Name { get; init; }

    public List<GraphArgument> Arguments { get; init; } = [];

    public GraphPosition Position { get; init; }

    public GraphDirectiveDefinition? Definition { get; set; }
}

internal sealed class GraphVariable
{
    public required string Name { get; init; }

    public required GraphType Type { get; init; }

    public GraphValue? Default { get; init; }

    public List<GraphDirective> Directives { get; init; } = [];

    public GraphPosition Position { get; init; }

    public bool IsUsed { get; set; }
}

/// <summary>A field, a spread or an inline fragment.</summary>
internal abstract class GraphSelection
{
    public List<GraphDirective> Directives { get; init; } = [];

    public GraphPosition Position { get; init; }

    /// <summary>The type in which it stands; set while validating.</summary>
    public GraphDefinition? Parent { get; set; }
}

internal sealed class GraphField : GraphSelection
{
    public required string Alias { get; init; }

    public required string Name { get; init; }

    public List<GraphArgument> Arguments { get; init; } = [];

    public List<GraphSelection> Selections { get; init; } = [];

    public GraphFieldDefinition? Definition { get; set; }
}

internal sealed class GraphSpread : GraphSelection
{
    public required string Name { get; init; }

    public GraphFragment? Fragment { get; set; }
}

internal sealed class GraphInlineFragment : GraphSelection
{
    public string TypeCondition { get; init; } = "";

    public List<GraphSelection> Selections { get; init; } = [];
}

internal sealed class GraphOperation
{
    public required string Kind { get; init; }

    public string Name { get; init; } = "";

    public List<GraphVariable> Variables { get; init; } = [];

    public List<GraphDirective> Directives { get; init; } = [];

    public List<GraphSelection> Selections { get; init; } = [];

    public GraphPosition Position { get; init; }
}

internal sealed class GraphFragment
{
    public required string Name { get; init; }

    public List<GraphVariable> Variables { get; init; } = [];

    public required string TypeCondition { get; init; }

    public List<GraphDirective> Directives { get; init; } = [];

    public List<GraphSelection> Selections { get; init; } = [];

    public GraphPosition Position { get; init; }

    public GraphDefinition? Definition { get; set; }
}

/// <summary>An executable document.</summary>
internal sealed class GraphQuery
{
    public List<GraphOperation> Operations { get; } = [];

    public List<GraphFragment> Fragments { get; } = [];
}
