using Cove.Formats.Jose;
using Cove.Keys.Vault;

namespace Cove.Keys.Release;

/// <summary>A key that a vault released to this workload. Disposing zeroes it.</summary>
public sealed class ReleasedKey : IDisposable
{
    internal ReleasedKey(KeyId id, Jwk key) => (Id, Key) = (id, key);

    /// <summary>Name and version.</summary>
    public KeyId Id { get; }

    /// <summary>The private key, with <c>key_ops</c> where the vault named some, and neither <c>kid</c> nor <c>alg</c>.</summary>
    public Jwk Key { get; }

    /// <summary>The private JWK as compact JSON, members in ordinal order. The caller zeroes it.</summary>
    public byte[] ToJson() => Key.ToJson(includePrivate: true);

    /// <summary>Zeroes the key.</summary>
    public void Dispose() => Key.Dispose();
}
