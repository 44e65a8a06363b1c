using Cove.Rego.Evaluation;
using Cove.Rego.GraphQl;
using Cove.Rego.Values;

namespace Cove.Rego.Builtins;

/// <summary>GraphQL: documents as text or as the syntax tree that parsing gives.</summary>
internal static class GraphQlBuiltins
{
    private static readonly RegoArray Unverified = RegoArray.Of(RegoValue.False, RegoObject.Empty, RegoObject.Empty);

    public static IEnumerable<BuiltinDefinition> All =>
    [
        new("graphql.parse", "(<str, obj>, <str, obj>) -> array<obj, obj>") { Two = Parse },
        new("graphql.parse_and_verify", "(<str, obj>, <str, obj>) -> array<bool, obj, obj>") { Two = ParseAndVerify },
        new("graphql.parse_query", "(str) -> obj") { One = static (c, a) => Operands.Text(c, a, 1, out var text) ? ParseText(c, text, static t => GraphWriter.Write(GraphParser.ParseQuery(t))) : null },
        new("graphql.parse_schema", "(str) -> obj") { One = static (c, a) => Operands.Text(c, a, 1, out var text) ? ParseText(c, text, static t => GraphWriter.Write(GraphParser.ParseSchema(t))) : null },
        new("graphql.is_valid", "(<str, obj>, <str, obj>) -> bool") { Two = IsValid },
        new("graphql.schema_is_valid", "(<str, obj>) -> bool") { One = SchemaIsValid },
    ];

    private static RegoValue? ParseText(EvaluationContext context, string text, Func<string, RegoObject> parse)
    {
        context.CheckSize(text.Length);
        try
        {
            return parse(text);
        }
        catch (GraphException error)
        {
            return context.Fail(InText("GraphQL string", error));
        }
    }

    private static string InText(string what, GraphException error) =>
        error.Position.IsKnown ? $"{error.Message} in {what} at location {error.Position.Line}:{error.Position.Column}" : error.Message;

    private static GraphQuery? Query(EvaluationContext context, RegoValue value)
    {
        if (value is RegoString text) context.CheckSize(text.Text.Length);
        return value switch
        {
            RegoString { Text: var source } => GraphParser.ParseQuery(source),
            RegoObject tree => GraphReader.ReadQuery(tree),
            _ => null,
        };
    }

    private static GraphSchemaDocument? Schema(EvaluationContext context, RegoValue value)
    {
        if (value is RegoString text) context.CheckSize(text.Text.Length);
        return value switch
        {
            RegoString { Text: var source } => GraphParser.ParseSchema(source),
            RegoObject tree => GraphReader.ReadSchema(tree),
            _ => null,
        };
    }

    private static RegoValue? Parse(EvaluationContext context, RegoValue query, RegoValue schema)
    {
        try
        {
            if (Query(context, query) is not { } queryDocument) return context.FailOperand(0, "one of {string, object}", Operands.KindName(query));
            if (Schema(context, schema) is not { } schemaDocument) return context.FailOperand(1, "one of {string, object}", Operands.KindName(schema));
            return Verify(context, queryDocument, schemaDocument, out var trees, out var problem) ? trees : context.Fail(problem);
        }
        catch (GraphException error)
        {
            return context.Fail(InText("GraphQL string", error));
        }
    }

    private static RegoValue? ParseAndVerify(EvaluationContext context, RegoValue query, RegoValue schema)
    {
        try
        {
            return Query(context, query) is { } queryDocument && Schema(context, schema) is { } schemaDocument && Verify(context, queryDocument, schemaDocument, out var trees, out _)
                ? RegoArray.Of(RegoValue.True, trees[0], trees[1])
                : Unverified;
        }
        catch (GraphException)
        {
            return Unverified;
        }
    }

    private static RegoValue? IsValid(EvaluationContext context, RegoValue query, RegoValue schema)
    {
        try
        {
            return RegoValue.Of(Query(context, query) is { } queryDocument && Schema(context, schema) is { } schemaDocument && Verify(context, queryDocument, schemaDocument, out _, out _));
        }
        catch (GraphException)
        {
            return RegoValue.False;
        }
    }

    private static RegoValue? SchemaIsValid(EvaluationContext context, RegoValue schema)
    {
        try
        {
            if (Schema(context, schema) is not { } document) return RegoValue.False;
            GraphSchema.Build(document);
            return RegoValue.True;
        }
        catch (GraphException)
        {
            return RegoValue.False;
        }
    }

    /// <summary>Checks the query against the schema. The trees are taken before, because building a schema completes its types.</summary>
    private static bool Verify(EvaluationContext context, GraphQuery query, GraphSchemaDocument document, out RegoArray trees, out string problem)
    {
        trees = RegoArray.Of(GraphWriter.Write(query), GraphWriter.Write(document));
        GraphSchema schema;
        try
        {
            schema = GraphSchema.Build(document);
        }
        catch (GraphException error)
        {
            problem = $"Error in gqlparser SchemaDocument to Schema conversion: {error.Line}";
            return false;
        }

        problem = new GraphValidation(context, schema, query).Run();
        if (problem.Length == 0) return true;
        var parts = problem.Split(':', 4);
        var message = parts[^1].TrimStart(' ');
        if (message.EndsWith(".\n", StringComparison.Ordinal)) message = message[..^2];
        problem = parts.Length == 4 ? $"{message} in GraphQL string at location {parts[1]}:{parts[2]}" : message;
        return false;
    }
}
