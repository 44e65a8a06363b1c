using System.Security.Cryptography;
using Cove.Formats.Jose;
using Cove.Outcomes;

namespace Cove.Keys.Wrapping;

/// <summary>The bytes of a key as they are wrapped, and as a vault keeps them: PKCS#8 DER for RSA and EC, the raw bytes for oct. Zeroed when
/// disposed.</summary>
public sealed class KeyMaterial : IDisposable
{
    private readonly byte[] _bytes;

    private KeyMaterial(byte[] owned) => _bytes = owned;

    /// <summary>The bytes; zero after disposal.</summary>
    public ReadOnlySpan<byte> Bytes => _bytes;

    /// <summary>Material that a vault kept.</summary>
    /// <param name="owned">Taken over, and zeroed when this is disposed.</param>
    public static KeyMaterial Adopt(byte[] owned) => new(owned);

    /// <summary>The material of a private key.</summary>
    /// <exception cref="MalformedException">The platform refuses the key's numbers.</exception>
    public static KeyMaterial Of(Jwk key)
    {
        switch (key)
        {
            case RsaJwk rsaKey:
                using (var rsa = rsaKey.CreateRsa()) return new(rsa.ExportPkcs8PrivateKey());
            case EcJwk ecKey:
                using (var ecdsa = ecKey.CreateEcdsa()) return new(ecdsa.ExportPkcs8PrivateKey());
            default:
                return new(((OctJwk)key).Key.ToArray());
        }
    }

    /// <summary>The private key that these bytes are, of the type that the release names.</summary>
    /// <param name="keyType"><c>RSA</c>, <c>EC</c> or <c>oct</c>.</param>
    /// <param name="material">The unwrapped bytes.</param>
    /// <param name="operations">The <c>key_ops</c> it gets.</param>
    /// <exception cref="MalformedException">The bytes are no key of that type.</exception>
    public static Jwk Read(string keyType, ReadOnlySpan<byte> material, IReadOnlyList<string>? operations)
    {
        try
        {
            switch (keyType)
            {
                case "RSA":
                    using (var rsa = RSA.Create())
                    {
                        rsa.ImportPkcs8PrivateKey(material, out var read);
                        Whole(read, material.Length);
                        return RsaJwk.FromRsa(rsa, includePrivate: true, keyOperations: operations);
                    }

                case "EC":
                    using (var ecdsa = ECDsa.Create())
                    {
                        ecdsa.ImportPkcs8PrivateKey(material, out var read);
                        Whole(read, material.Length);
                        return EcJwk.FromEcdsa(ecdsa, includePrivate: true, keyOperations: operations);
                    }

                default:
                    return OctJwk.FromBytes(material, keyOperations: operations);
            }
        }
        catch (CryptographicException e)
        {
            throw new MalformedException("released key", "key_hsm", $"does not hold the PKCS#8 of an {keyType} key", inner: e);
        }
    }

    /// <summary>Zeroes the bytes.</summary>
    public void Dispose() => CryptographicOperations.ZeroMemory(_bytes);

    private static void Whole(int read, int length)
    {
        if (read != length) throw new MalformedException("released key", "key_hsm", $"has {length - read} bytes after its PKCS#8", read);
    }
}
