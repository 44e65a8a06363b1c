using System.Security.Cryptography;
using Cove.Formats.Jose;

namespace Cove.KeyService.Api;

/// <summary>Signatures over digests. A symmetric key signs the message itself, which is sent in the digest's place.</summary>
internal static class KeySigning
{
    public static byte[] Sign(Jwk key, string algorithm, byte[] digest)
    {
        if (key is OctJwk oct) return Hmac(oct, algorithm, digest);
        if (key is RsaJwk bare && algorithm == BareSignature.Algorithm) return BareSignature.Sign(bare, digest);
        CheckDigest(algorithm, digest);
        if (key is RsaJwk rsaKey && CryptoAlgorithms.RsaSignature(algorithm) is var (hash, padding))
        {
            using var rsa = rsaKey.CreateRsa();
            return rsa.SignHash(digest, hash, padding);
        }

        if (key is EcJwk ecKey && CryptoAlgorithms.EcSignature(algorithm) is { } ec && ec.Curve == ecKey.Curve)
        {
            using var ecdsa = ecKey.CreateEcdsa();
            return ecdsa.SignHash(digest, DSASignatureFormat.IeeeP1363FixedFieldConcatenation);
        }

        throw KeyErrors.Unfit(key.KeyType, algorithm);
    }

    public static bool Verify(Jwk key, string algorithm, byte[] digest, byte[] signature)
    {
        if (key is OctJwk oct) return CryptographicOperations.FixedTimeEquals(Hmac(oct, algorithm, digest), signature);
        if (key is RsaJwk bare && algorithm == BareSignature.Algorithm) return BareSignature.Verify(bare, digest, signature);
        CheckDigest(algorithm, digest);
        if (key is RsaJwk rsaKey && CryptoAlgorithms.RsaSignature(algorithm) is var (hash, padding))
        {
            using var rsa = rsaKey.CreateRsa();
            return rsa.VerifyHash(digest, signature, hash, padding);
        }

        if (key is EcJwk ecKey && CryptoAlgorithms.EcSignature(algorithm) is { } ec && ec.Curve == ecKey.Curve)
        {
            using var ecdsa = ecKey.CreateEcdsa();
            return ecdsa.VerifyHash(digest, signature, DSASignatureFormat.IeeeP1363FixedFieldConcatenation);
        }

        throw KeyErrors.Unfit(key.KeyType, algorithm);
    }

    private static byte[] Hmac(OctJwk key, string algorithm, byte[] message)
    {
        if (CryptoAlgorithms.Hmac(algorithm) is not { } hash) throw KeyErrors.Unfit(key.KeyType, algorithm);
        // RFC 7518 3.2: a key shorter than the hash is no key for it.
        var shortest = CryptoAlgorithms.HashLength(hash);
        if (key.Key.Length < shortest) throw KeyErrors.BadParameter($"{algorithm} needs a key of at least {shortest * 8} bits, this one has {key.Key.Length * 8}.");
        return CryptographicOperations.HmacData(hash, key.Key, message);
    }

    private static void CheckDigest(string algorithm, byte[] digest)
    {
        var expected = CryptoAlgorithms.EcSignature(algorithm)?.HashLength
            ?? (CryptoAlgorithms.RsaSignature(algorithm) is var (hash, _) ? CryptoAlgorithms.HashLength(hash) : digest.Length);
        if (digest.Length != expected) throw KeyErrors.BadParameter($"The digest is {digest.Length} bytes, expected {expected} for {algorithm}.");
    }
}
