namespace Cove.Images.Packing;

/// <summary>A folder that becomes one layer.</summary>
/// <param name="Folder">The folder; what is in it comes to the root of the file system.</param>
/// <param name="KeepOwners">Keep user and group ids as they are on disk, instead of 0.</param>
public sealed record PackedLayer(string Folder, bool KeepOwners = false);
