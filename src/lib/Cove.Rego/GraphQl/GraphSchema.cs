namespace Cove.Rego.GraphQl;

/// <summary>A schema that holds together: made by <see cref="Build"/> only.</summary>
internal sealed partial class GraphSchema
{
    private readonly Dictionary<string, GraphDefinition> _types = [];
    private readonly Dictionary<string, GraphDirectiveDefinition> _directives = [];
    private readonly Dictionary<string, List<GraphDefinition>> _possible = [];

    private GraphSchema()
    {
    }

    public IEnumerable<GraphDefinition> Types => _types.Values;

    public GraphDefinition? Query { get; private set; }

    public GraphDefinition? Mutation { get; private set; }

    public GraphDefinition? Subscription { get; private set; }

    public GraphDefinition? Type(string name) => _types.GetValueOrDefault(name);

    public GraphDirectiveDefinition? Directive(string name) => _directives.GetValueOrDefault(name);

    /// <summary>The root type of an operation.</summary>
    public GraphDefinition? Root(string operation) => operation switch
    {
        "mutation" => Mutation,
        "subscription" => Subscription,
        _ => Query,
    };

    /// <summary>The object types that a value of the type may be.</summary>
    public IReadOnlyList<GraphDefinition> Possible(string name) => _possible.TryGetValue(name, out var types) ? types : [];

    /// <summary>Joins a document with what every schema has, and checks it (GraphQL specification §3).</summary>
    /// <exception cref="GraphException">The document does not hold together; the first problem.</exception>
    public static GraphSchema Build(GraphSchemaDocument document)
    {
        var prelude = GraphPrelude.Read();
        var schema = new GraphSchema();
        foreach (var definition in prelude.Definitions.Concat(document.Definitions))
            if (!schema._types.TryAdd(definition.Name, definition)) throw new GraphException($"Cannot redeclare type {definition.Name}.", definition.Position);
        var order = prelude.Definitions.Concat(document.Definitions).ToList();
        foreach (var extension in document.Extensions) schema.Extend(extension, order);
        foreach (var definition in order) schema.Relate(definition);
        foreach (var directive in prelude.Directives.Concat(document.Directives)) schema.Add(directive);
        if (document.Schemas.Count > 1)
            throw new GraphException("Cannot have multiple schema entry points, consider schema extensions instead.", document.Schemas[1].Position);
        foreach (var entry in document.Schemas.Concat(document.SchemaExtensions))
            foreach (var root in entry.Roots) schema.SetRoot(root);
        schema.Check();
        if (document.Schemas.Count == 0)
        {
            schema.Query ??= schema.Type("Query");
            schema.Mutation ??= schema.Type("Mutation");
            schema.Subscription ??= schema.Type("Subscription");
        }

        schema.Query?.Fields.AddRange(
        [
            new GraphFieldDefinition { Name = "__schema", Type = new GraphType { Name = "__Schema", IsNonNull = true } },
            new GraphFieldDefinition
            {
                Name = "__type",
                Type = new GraphType { Name = "__Type" },
                Arguments = [new GraphArgumentDefinition { Name = "name", Type = new GraphType { Name = "String", IsNonNull = true } }],
            },
        ]);
        return schema;
    }

    /// <summary>Adds an extension to its type. A type that only has extensions comes into being by them.</summary>
    private void Extend(GraphDefinition extension, List<GraphDefinition> order)
    {
        if (Type(extension.Name) is not { } definition)
        {
            definition = new GraphDefinition { Kind = extension.Kind, Name = extension.Name, Position = extension.Position };
            _types.Add(definition.Name, definition);
            order.Add(definition);
        }

        if (definition.Kind != extension.Kind)
            throw new GraphException($"Cannot extend type {extension.Name} because the base type is a {definition.Kind}, not {extension.Kind}.", extension.Position);
        definition.Directives.AddRange(extension.Directives);
        definition.Interfaces.AddRange(extension.Interfaces);
        definition.Fields.AddRange(extension.Fields);
        definition.Types.AddRange(extension.Types);
        definition.EnumValues.AddRange(extension.EnumValues);
    }

    private void Relate(GraphDefinition definition)
    {
        switch (definition.Kind)
        {
            case GraphDefinition.Union:
                foreach (var name in definition.Types)
                    if (Type(name) is { } member) AddPossible(definition.Name, member);
                break;
            case GraphDefinition.Interface:
                foreach (var name in definition.Interfaces) AddPossible(name, definition);
                break;
            case GraphDefinition.Object or GraphDefinition.InputObject:
                foreach (var name in definition.Interfaces) AddPossible(name, definition);
                AddPossible(definition.Name, definition);
                break;
        }
    }

    private void AddPossible(string name, GraphDefinition definition)
    {
        if (!_possible.TryGetValue(name, out var list)) _possible[name] = list = [];
        list.Add(definition);
    }

    /// <summary>Only the directives that come with the language may be declared again.</summary>
    private void Add(GraphDirectiveDefinition directive)
    {
        if (!_directives.TryAdd(directive.Name, directive) && directive.Name is not ("include" or "skip" or "deprecated" or "specifiedBy" or "defer" or "oneOf"))
            throw new GraphException($"Cannot redeclare directive {directive.Name}.", directive.Position);
    }

    private void SetRoot(GraphRootType root)
    {
        if (Type(root.Type) is not { } type)
            throw new GraphException($"Schema root {root.Operation} refers to a type {root.Type} that does not exist.", root.Position);
        if (root.Operation == "query") Query = type;
        else if (root.Operation == "mutation") Mutation = type;
        else Subscription = type;
    }
}
