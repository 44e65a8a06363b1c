using System.Text.Json.Serialization;

namespace Cove.KeyService.Secrets;

/// <summary>One version of a secret. The value is sealed.</summary>
internal sealed record StoredSecret
{
    public required string Name { get; init; }

    public required string Version { get; init; }

    public required byte[] SealedValue { get; init; }

    public required string? ContentType { get; init; }

    public required bool Enabled { get; init; }

    public required DateTimeOffset Created { get; init; }

    public required DateTimeOffset Updated { get; init; }

    public required DateTimeOffset? NotBefore { get; init; }

    public required DateTimeOffset? Expires { get; init; }

    public required IReadOnlyDictionary<string, string>? Tags { get; init; }

    /// <summary>What the value is sealed for. Case does not distinguish secrets.</summary>
    [JsonIgnore]
    public string Place => $"secret/{Name.ToLowerInvariant()}/{Version}";
}
