namespace Cove.Rego;

/// <summary>What a module's tree shows beside the module itself.</summary>
/// <param name="Comments">Comments, with their text in base64 and their places.</param>
/// <param name="Locations">The file, row and column of every part.</param>
public sealed record AstOptions(bool Comments = true, bool Locations = false)
{
    /// <summary>Comments but no locations.</summary>
    public static AstOptions Default { get; } = new();
}
