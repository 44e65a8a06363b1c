namespace Cove.Rego.GraphQl;

/// <summary>A GraphQL document that is malformed or does not hold together; stays inside the library.</summary>
internal sealed class GraphException(string message, GraphPosition position, bool isBuiltIn = false) : Exception(message)
{
    public GraphPosition Position { get; } = position;

    /// <summary>The error as a line: file, place, message.</summary>
    public string Line => Describe(isBuiltIn ? "prelude.graphql" : "input", Position, Message);

    public static string Describe(string file, GraphPosition position, string message) =>
        position.IsKnown ? $"{file}:{position.Line}:{position.Column}: {message}" : $"{file}: {message}";
}
