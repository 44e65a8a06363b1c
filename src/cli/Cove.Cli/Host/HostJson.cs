using System.Text.Json.Serialization;

namespace Cove.Cli.Host;

[JsonSerializable(typeof(HostReport))]
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
internal sealed partial class HostJson : JsonSerializerContext;
