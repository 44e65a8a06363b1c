using Cove.Formats.Jose;
using Cove.Keys.Vault;
using Cove.Keys.Wrapping;

namespace Cove.Keys.Release;

/// <summary>What a release answer says: the request, the key as the vault describes it, and the wrapped secret.</summary>
public sealed record ReleaseStatement
{
    /// <summary>The <c>api-version</c> of the request, repeated.</summary>
    public required string ApiVersion { get; init; }

    /// <summary>The key's URL as the caller addressed it, with a version only if the caller gave one.</summary>
    public required string RequestedUrl { get; init; }

    /// <summary>The request's nonce, or null.</summary>
    public string? Nonce { get; init; }

    /// <summary>The key's URL with its version.</summary>
    public required string KeyUrl { get; init; }

    /// <summary>The vault's key type, e.g. <c>RSA-HSM</c>.</summary>
    public required string KeyType { get; init; }

    /// <summary>The key's <c>key_ops</c>.</summary>
    public required IReadOnlyList<string> KeyOperations { get; init; }

    /// <summary>The public key; null for a symmetric one.</summary>
    public required Jwk? PublicKey { get; init; }

    /// <summary>The key's attributes.</summary>
    public required KeyAttributes Attributes { get; init; }

    /// <summary>The key's tags; null where it has none.</summary>
    public IReadOnlyDictionary<string, string>? Tags { get; init; }

    /// <summary>The policy's normalised text.</summary>
    public required ReadOnlyMemory<byte> PolicyData { get; init; }

    /// <summary>Whether the policy can never change.</summary>
    public bool PolicyIsImmutable { get; init; }

    /// <summary>The wrapped secret.</summary>
    public required WrappedKey Key { get; init; }
}
