namespace Cove.Cli.GuestImages;

/// <summary>A file of the initial file system.</summary>
/// <param name="Path">Its path, without a leading slash.</param>
/// <param name="Source">Where its bytes come from on this host.</param>
/// <param name="Package">The package that it is from; null for what cove itself brings.</param>
/// <param name="Executable">Mode 0755 rather than 0644.</param>
internal sealed record GuestFile(string Path, string Source, string? Package, bool Executable);
