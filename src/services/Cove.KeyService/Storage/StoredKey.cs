using System.Text.Json.Serialization;
using Cove.Keys.Vault;

namespace Cove.KeyService.Storage;

/// <summary>One version of a key. The private part is sealed.</summary>
internal sealed record StoredKey
{
    public required KeyId Id { get; init; }

    /// <summary>The vault's type, e.g. <c>RSA-HSM</c>.</summary>
    public required string KeyType { get; init; }

    /// <summary>The public JWK; null for a symmetric key.</summary>
    public required byte[]? PublicJwk { get; init; }

    /// <summary>The sealed <see cref="Cove.Keys.Wrapping.KeyMaterial"/>.</summary>
    public required byte[] SealedMaterial { get; init; }

    public required IReadOnlyList<string> KeyOperations { get; init; }

    public required KeyAttributes Attributes { get; init; }

    public required IReadOnlyDictionary<string, string>? Tags { get; init; }

    public required StoredPolicy? Policy { get; init; }

    /// <summary><c>RSA</c>, <c>EC</c> or <c>oct</c>, wherever the key is held.</summary>
    [JsonIgnore]
    public string Family => KeyType.Split('-')[0];

    /// <summary>What the private part is sealed for. Case does not distinguish keys.</summary>
    public static string PlaceOf(KeyId id) => $"key-material/{id.Name.ToLowerInvariant()}/{id.Version}";
}
