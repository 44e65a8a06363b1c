namespace Cove.Images.Registry;

/// <summary>A file that a registry keeps beside images.</summary>
/// <param name="MediaType">Its type.</param>
/// <param name="Content">Its bytes.</param>
public sealed record AttachedFile(string MediaType, byte[] Content)
{
    /// <summary>Largest file that is taken, in bytes.</summary>
    public const int MaximumSize = 16 * 1024 * 1024;
}
