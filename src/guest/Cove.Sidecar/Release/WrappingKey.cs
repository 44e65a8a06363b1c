using System.Security.Cryptography;
using Cove.Formats.Jose;

namespace Cove.Sidecar.Release;

/// <summary>
/// The RSA-2048 key that one release is wrapped under. It serves one request, its public part travels as runtime data inside the
/// attestation token, and it is gone when the request ends: an answer recorded by someone else opens for nobody later.
/// </summary>
internal sealed class WrappingKey : IDisposable
{
    private const int Bits = 2048;

    private WrappingKey(RSA key)
    {
        Key = key;
        using var named = RsaJwk.FromRsa(key, includePrivate: false);
        using var published = RsaJwk.FromRsa(key, includePrivate: false, keyId: named.ThumbprintText(), keyOperations: ["encrypt"]);
        RuntimeData = new Jwks([published]).ToJson();
    }

    /// <summary>The key with its private part.</summary>
    public RSA Key { get; }

    /// <summary>The key set that the report binds: one public key, its members in ordinal order, its <c>kid</c> the RFC 7638 thumbprint.</summary>
    public byte[] RuntimeData { get; }

    public static WrappingKey Create() => new(RSA.Create(Bits));

    public void Dispose() => Key.Dispose();
}
