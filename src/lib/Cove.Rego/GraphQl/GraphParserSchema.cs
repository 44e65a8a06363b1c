namespace Cove.Rego.GraphQl;

internal sealed partial class GraphParser
{
    private static readonly HashSet<string> Locations =
    [
        "QUERY", "MUTATION", "SUBSCRIPTION", "FIELD", "FRAGMENT_DEFINITION", "FRAGMENT_SPREAD", "INLINE_FRAGMENT", "VARIABLE_DEFINITION",
        "SCHEMA", "SCALAR", "OBJECT", "FIELD_DEFINITION", "ARGUMENT_DEFINITION", "INTERFACE", "UNION", "ENUM", "ENUM_VALUE", "INPUT_OBJECT",
        "INPUT_FIELD_DEFINITION",
    ];

    private GraphSchemaDocument Schema()
    {
        var document = new GraphSchemaDocument();
        while (Peek().Kind != GraphTokenKind.End)
        {
            var before = Peek();
            var description = Description();
            var token = Peek();
            if (token.Kind != GraphTokenKind.Name) throw Unexpected(token);
            switch (token.Value)
            {
                case "scalar" or "type" or "interface" or "union" or "enum" or "input":
                    document.Definitions.Add(Definition(description, isExtension: false));
                    break;
                case "schema":
                    document.Schemas.Add(EntryPoints(description));
                    break;
                case "directive":
                    document.Directives.Add(DirectiveDefinition(description));
                    break;
                case "extend":
                    if (description.Length > 0) throw Unexpected(before);
                    Extension(document);
                    break;
                default:
                    throw Unexpected(token);
            }
        }

        return document;
    }

    private string Description() => Peek().Kind is GraphTokenKind.BlockString or GraphTokenKind.String ? Take().Value : "";

    private void Extension(GraphSchemaDocument document)
    {
        ExpectKeyword("extend");
        switch (Peek().Value)
        {
            case "schema":
                var extension = EntryPoints("");
                if (extension.Directives.Count == 0 && extension.Roots.Count == 0) throw Unexpected(Peek());
                document.SchemaExtensions.Add(extension);
                break;
            case "scalar" or "type" or "interface" or "union" or "enum" or "input":
                var definition = Definition("", isExtension: true);
                if (IsEmpty(definition)) throw Unexpected(Peek());
                document.Extensions.Add(definition);
                break;
            default:
                throw Unexpected(Peek());
        }
    }

    private static bool IsEmpty(GraphDefinition definition) => definition.Directives.Count == 0 && definition.Interfaces.Count == 0
        && definition.Fields.Count == 0 && definition.Types.Count == 0 && definition.EnumValues.Count == 0;

    private GraphEntryPoints EntryPoints(string description)
    {
        ExpectKeyword("schema");
        var position = Peek().Position;
        return new GraphEntryPoints
        {
            Description = description,
            Directives = Directives(isConstant: true),
            Roots = List(GraphTokenKind.BraceOpen, GraphTokenKind.BraceClose, mayBeEmpty: false, RootType),
            Position = position,
        };
    }

    private GraphRootType RootType()
    {
        var position = Peek().Position;
        var operation = OperationKind();
        Expect(GraphTokenKind.Colon);
        return new GraphRootType(operation, Name(), position);
    }

    private GraphDefinition Definition(string description, bool isExtension)
    {
        var keyword = Take().Value;
        var position = Peek().Position;
        var kind = keyword switch
        {
            "scalar" => GraphDefinition.Scalar,
            "type" => GraphDefinition.Object,
            "interface" => GraphDefinition.Interface,
            "union" => GraphDefinition.Union,
            "enum" => GraphDefinition.Enum,
            _ => GraphDefinition.InputObject,
        };
        return new GraphDefinition
        {
            Kind = kind,
            Description = description,
            Position = position,
            Name = Name(),
            Interfaces = kind == GraphDefinition.Object || (kind == GraphDefinition.Interface && !isExtension) ? Interfaces() : [],
            Directives = Directives(isConstant: !(isExtension && kind == GraphDefinition.InputObject)),
            Fields = kind switch
            {
                GraphDefinition.Object or GraphDefinition.Interface => List(GraphTokenKind.BraceOpen, GraphTokenKind.BraceClose, mayBeEmpty: false, FieldDefinition),
                GraphDefinition.InputObject => List(GraphTokenKind.BraceOpen, GraphTokenKind.BraceClose, mayBeEmpty: false, InputField),
                _ => [],
            },
            Types = kind == GraphDefinition.Union ? Members() : [],
            EnumValues = kind == GraphDefinition.Enum ? List(GraphTokenKind.BraceOpen, GraphTokenKind.BraceClose, mayBeEmpty: false, EnumValue) : [],
        };
    }

    private List<string> Interfaces()
    {
        if (Peek().Value != "implements") return [];
        Take();
        return Names(GraphTokenKind.Amp);
    }

    private List<string> Members() => Skip(GraphTokenKind.Equals) ? Names(GraphTokenKind.Pipe) : [];

    /// <summary>Names with something between them, which may also stand before the first.</summary>
    private List<string> Names(GraphTokenKind separator)
    {
        Skip(separator);
        var names = new List<string> { Name() };
        while (Skip(separator)) names.Add(Name());
        return names;
    }

    private GraphFieldDefinition FieldDefinition()
    {
        var position = Peek().Position;
        var description = Description();
        var name = Name();
        var arguments = ArgumentDefinitions();
        Expect(GraphTokenKind.Colon);
        return new GraphFieldDefinition
        {
            Description = description, Name = name, Arguments = arguments, Type = TypeReference(), Directives = Directives(isConstant: true), Position = position,
        };
    }

    private GraphFieldDefinition InputField()
    {
        var argument = ArgumentDefinition();
        return new GraphFieldDefinition
        {
            Description = argument.Description, Name = argument.Name, Type = argument.Type, Default = argument.Default, Directives = argument.Directives,
            Position = argument.Position,
        };
    }

    private List<GraphArgumentDefinition> ArgumentDefinitions() =>
        List(GraphTokenKind.ParenOpen, GraphTokenKind.ParenClose, mayBeEmpty: false, ArgumentDefinition);

    private GraphArgumentDefinition ArgumentDefinition()
    {
        var position = Peek().Position;
        var description = Description();
        var name = Name();
        Expect(GraphTokenKind.Colon);
        return new GraphArgumentDefinition
        {
            Description = description,
            Name = name,
            Type = TypeReference(),
            Default = Skip(GraphTokenKind.Equals) ? Value(isConstant: true) : null,
            Directives = Directives(isConstant: true),
            Position = position,
        };
    }

    private GraphEnumValue EnumValue() => new() { Description = Description(), Name = Name(), Directives = Directives(isConstant: true) };

    private GraphDirectiveDefinition DirectiveDefinition(string description)
    {
        ExpectKeyword("directive");
        Expect(GraphTokenKind.At);
        var position = Peek().Position;
        var name = Name();
        var arguments = ArgumentDefinitions();
        var isRepeatable = IsAtName("repeatable");
        if (isRepeatable) Take();
        ExpectKeyword("on");
        Skip(GraphTokenKind.Pipe);
        var locations = new List<string> { Location() };
        while (Skip(GraphTokenKind.Pipe)) locations.Add(Location());
        return new GraphDirectiveDefinition
        {
            Description = description, Name = name, Arguments = arguments, IsRepeatable = isRepeatable, Locations = locations, Position = position,
        };
    }

    private string Location()
    {
        var token = Expect(GraphTokenKind.Name);
        return Locations.Contains(token.Value) ? token.Value : throw Unexpected(token);
    }
}
