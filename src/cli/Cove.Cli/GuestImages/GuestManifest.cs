using System.Text.Json.Serialization;

namespace Cove.Cli.GuestImages;

/// <summary>What a guest image is, for whoever audits one: everything that its measurement covers.</summary>
/// <param name="Agent">SHA-256 of the agent's program, hex.</param>
/// <param name="Firmware"><c>ovmf</c>, or <c>stand-in</c> for an image that SEV-SNP cannot launch.</param>
/// <param name="ProcessorType">The processor type whose signature is measured.</param>
/// <param name="Measurements">MEASUREMENT by number of processors, hex.</param>
/// <param name="CommandLine">The kernel's command line.</param>
/// <param name="Modules">Kernel modules in the order in which they are loaded.</param>
/// <param name="Files">The files of the initial file system.</param>
/// <param name="Packages">Where they come from.</param>
internal sealed record GuestManifest(
    string Agent,
    string Firmware,
    string ProcessorType,
    IReadOnlyDictionary<int, string> Measurements,
    string CommandLine,
    IReadOnlyList<string> Modules,
    IReadOnlyList<MeasuredFile> Files,
    IReadOnlyList<MeasuredPackage> Packages);

/// <summary>A file of the initial file system.</summary>
/// <param name="Path">Its path.</param>
/// <param name="Size">Bytes.</param>
/// <param name="Sha256">Hex.</param>
/// <param name="Package">The package that it is from; null for what cove itself brings.</param>
internal sealed record MeasuredFile(string Path, long Size, string Sha256, string? Package);

/// <summary>A package.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Version">Its version.</param>
/// <param name="Sha256">Hex, of the package's file.</param>
internal sealed record MeasuredPackage(string Name, string Version, string Sha256);

[JsonSerializable(typeof(GuestManifest))]
[JsonSourceGenerationOptions(WriteIndented = true, NewLine = "\n", PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
internal sealed partial class GuestManifestJson : JsonSerializerContext;
