using System.Security.Cryptography;
using Cove.Formats.Jose;
using Cove.Keys.Vault;
using Cove.Keys.Wrapping;
using Cove.Outcomes;

namespace Cove.Keys.Release;

/// <summary>A release that a trusted vault signed, its key still wrapped. Only <see cref="ReleaseAnswer.Verify"/> makes one.</summary>
public sealed class VerifiedRelease
{
    internal const int MaximumKeyOperations = 16;

    private readonly (byte[]? First, byte[]? Second) _publicNumbers;
    private readonly WrappedKey _wrapped;

    internal VerifiedRelease((byte[]? First, byte[]? Second) publicNumbers, WrappedKey wrapped)
        => (_publicNumbers, _wrapped) = (publicNumbers, wrapped);

    /// <summary>The key that was released, with its version.</summary>
    public required KeyId KeyId { get; init; }

    /// <summary>The nonce that the request carried, or null.</summary>
    public required string? Nonce { get; init; }

    /// <summary><c>RSA</c>, <c>EC</c> or <c>oct</c>.</summary>
    public required string KeyType { get; init; }

    /// <summary>The <c>key_ops</c>; empty where the vault named none.</summary>
    public required IReadOnlyList<string> KeyOperations { get; init; }

    /// <summary>The <c>kid</c> of the key it is wrapped for.</summary>
    public string WrappingKeyId => _wrapped.WrappingKeyId;

    /// <summary>Unwraps the key.</summary>
    /// <param name="wrappingKey">The private RSA key whose public part was attested.</param>
    /// <returns>The key, or that it was not wrapped for this key, or that it is not the key that the vault described.</returns>
    /// <exception cref="MalformedException">What was wrapped is no key.</exception>
    public Verdict<ReleasedKey> Open(RSA wrappingKey)
    {
        var material = _wrapped.Algorithm.Unwrap(wrappingKey, _wrapped.Ciphertext.Span);
        if (material is null)
            return new Finding("release-unwrap-failed", "key_hsm", $"a key wrapped for the attested key with {_wrapped.Algorithm}",
                "one that does not unwrap", "RFC 5649");
        try
        {
            var key = KeyMaterial.Read(KeyType, material, KeyOperations.Count == 0 ? null : KeyOperations);
            if (IsDescribed(key)) return new ReleasedKey(KeyId, key);
            key.Dispose();
            return new Finding("release-public-key-mismatch", "key", "the private key of the public key in the answer", "another");
        }
        finally
        {
            CryptographicOperations.ZeroMemory(material);
        }
    }

    private bool IsDescribed(Jwk key) => key switch
    {
        RsaJwk rsa => rsa.Modulus.SequenceEqual(_publicNumbers.First.AsSpan().TrimStart((byte)0)),
        EcJwk ec => ec.X.SequenceEqual(_publicNumbers.First) && ec.Y.SequenceEqual(_publicNumbers.Second),
        _ => true,
    };
}
