namespace Cove.Cli.GuestImages;

/// <summary>A package whose files go into a guest image.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Version">Its version.</param>
/// <param name="Sha256">Hex, of the package's file.</param>
/// <param name="Folder">Where its files were unpacked.</param>
internal sealed record DebianPackage(string Name, string Version, string Sha256, string Folder);
