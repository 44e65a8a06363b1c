using System.Text.Json.Serialization;

namespace Cove.Cli.Commands.Image;

/// <summary>A hashed layer.</summary>
/// <param name="File">As named on the command line.</param>
/// <param name="RootHash">64 hex digits.</param>
/// <param name="Ext4Size">Bytes of the ext4 image.</param>
/// <param name="DiffId">Digest of the uncompressed tar.</param>
internal sealed record HashedLayer(string File, string RootHash, long Ext4Size, string DiffId);

[JsonSerializable(typeof(HashedLayer[]))]
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
internal sealed partial class ImageJson : JsonSerializerContext;
