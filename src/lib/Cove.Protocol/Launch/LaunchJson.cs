using System.Text.Json.Serialization;

namespace Cove.Protocol.Launch;

/// <summary>How launch specs, events and group states are written as JSON.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow)]
[JsonSerializable(typeof(LaunchSpec))]
[JsonSerializable(typeof(LaunchEvent))]
[JsonSerializable(typeof(GroupState))]
public sealed partial class LaunchJson : JsonSerializerContext;
