using Cove.Rego.Values;

namespace Cove.Rego.Syntax;

/// <summary>A METADATA block: its scope and its content as a value.</summary>
internal sealed class Annotations(Location location, string scope, RegoObject content)
{
    public Location Location { get; } = location;

    public string Scope { get; set; } = scope;

    public RegoObject Content { get; set; } = content;

    /// <summary>The path of what is annotated, from "data" on.</summary>
    public List<string> Path { get; set; } = [];

    /// <summary>The row of the last line of the block.</summary>
    public int EndRow { get; init; }
}
