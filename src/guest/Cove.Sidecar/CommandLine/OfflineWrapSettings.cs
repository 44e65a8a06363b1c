namespace Cove.Sidecar.CommandLine;

/// <summary>The three files of offline wrapping.</summary>
/// <param name="Input">What to wrap.</param>
/// <param name="KeyPath">The key's path, to which <c>-info.json</c> is added.</param>
/// <param name="Output">Where the packet goes.</param>
internal sealed record OfflineWrapSettings(string Input, string KeyPath, string Output);
