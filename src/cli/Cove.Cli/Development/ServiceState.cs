using System.Text.Json.Serialization;

namespace Cove.Cli.Development;

/// <summary>Which development services were started on this host, and where they listen. A port stays the same from run to run, because policies name it.</summary>
/// <param name="AttestationPort">The attestation service's port on localhost.</param>
/// <param name="AttestationProcess">Its process; null where it was stopped.</param>
/// <param name="KeyPort">The key service's port on localhost.</param>
/// <param name="KeyProcess">Its process; null where it was stopped.</param>
internal sealed record ServiceState(int AttestationPort, int? AttestationProcess, int KeyPort, int? KeyProcess)
{
    /// <summary>Where a policy author expects them.</summary>
    public static ServiceState Default { get; } = new(7441, null, 7442, null);

    [JsonIgnore]
    public string AttestationEndpoint => $"localhost:{AttestationPort}";

    [JsonIgnore]
    public string KeyEndpoint => $"localhost:{KeyPort}";

    [JsonIgnore]
    public Uri AttestationUrl => new($"https://{AttestationEndpoint}");

    [JsonIgnore]
    public Uri KeyUrl => new($"https://{KeyEndpoint}");
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, WriteIndented = true)]
[JsonSerializable(typeof(ServiceState))]
internal sealed partial class DevelopmentJson : JsonSerializerContext;
