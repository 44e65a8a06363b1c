using System.Text.Json.Serialization;

namespace Cove.Cli.Commands.Image;

/// <summary>A hashed layer.</summary>
/// <param name="File">As named on the command line.</param>
/// <param name="RootHash">64 hex digits.</param>
/// <param name="Ext4Size">Bytes of the ext4 image.</param>
/// <param name="DiffId">Digest of the uncompressed tar.</param>
internal sealed record HashedLayer(string File, string RootHash, long Ext4Size, string DiffId);

/// <summary>A name in the store.</summary>
internal sealed record ListedImage(string Name, string Digest);

/// <summary>A layer of a stored image.</summary>
internal sealed record ShownLayer(string RootHash, string DiffId, long Size);

/// <summary>A stored image.</summary>
internal sealed record ShownImage(
    IReadOnlyList<string> Names,
    string Digest,
    DateTimeOffset? Created,
    IReadOnlyList<string> Entrypoint,
    IReadOnlyList<string> Command,
    IReadOnlyList<string> Environment,
    string User,
    string WorkingDirectory,
    IReadOnlyDictionary<string, string> Labels,
    IReadOnlyList<string> ExposedPorts,
    IReadOnlyList<ShownLayer> Layers);

/// <summary>An image written to a file or folder.</summary>
internal sealed record ExportedImage(string Name, string Path);

/// <summary>An endorsement that was made.</summary>
internal sealed record EndorsedImage(string File, string Issuer, string Feed, long Svn, string Measurement);

[JsonSerializable(typeof(EndorsedImage))]
[JsonSerializable(typeof(HashedLayer[]))]
[JsonSerializable(typeof(ListedImage[]))]
[JsonSerializable(typeof(ShownImage))]
[JsonSerializable(typeof(ShownImage[]))]
[JsonSerializable(typeof(ExportedImage))]
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
internal sealed partial class ImageJson : JsonSerializerContext;
