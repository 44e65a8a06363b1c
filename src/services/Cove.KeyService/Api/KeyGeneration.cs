using System.Security.Cryptography;
using Cove.Formats.Jose;
using Cove.Outcomes;

namespace Cove.KeyService.Api;

/// <summary>Makes private keys, or takes them over from an import, of the sizes and curves that the services know.</summary>
internal static class KeyGeneration
{
    private const int DefaultRsaBits = 2048;
    private const int DefaultSymmetricBits = 256;
    private const int PublicExponent = 65537;
    private const int MaximumSymmetricLength = 64;

    public static Jwk Generate(string keyType, int? size, string? curve, int? publicExponent)
    {
        switch (Family(keyType))
        {
            case "RSA":
                if (publicExponent is not (null or PublicExponent))
                    throw KeyErrors.BadParameter($"public_exponent {publicExponent} is not supported, only {PublicExponent}.");
                var bits = size ?? DefaultRsaBits;
                if (bits is not (2048 or 3072 or 4096)) throw KeyErrors.BadParameter($"key_size {bits} is not supported for RSA: 2048, 3072, 4096.");
                using (var rsa = RSA.Create(bits)) return RsaJwk.FromRsa(rsa, includePrivate: true);
            case "EC":
                var chosen = EcCurve.Find(curve ?? EcCurve.P256.Name)
                    ?? throw KeyErrors.BadParameter($"crv {curve} is not supported: {string.Join(", ", EcCurve.All)}.");
                using (var ecdsa = ECDsa.Create(chosen.Platform)) return EcJwk.FromEcdsa(ecdsa, includePrivate: true);
            default:
                var length = size ?? DefaultSymmetricBits;
                if (length is not (128 or 192 or 256)) throw KeyErrors.BadParameter($"key_size {length} is not supported for oct: 128, 192, 256.");
                Span<byte> key = stackalloc byte[length / 8];
                RandomNumberGenerator.Fill(key);
                var generated = OctJwk.FromBytes(key);
                CryptographicOperations.ZeroMemory(key);
                return generated;
        }
    }

    public static Jwk Import(string keyType, RequestJson jwk)
    {
        try
        {
            return Family(keyType) switch
            {
                "RSA" => ImportRsa(jwk),
                "EC" => ImportEc(jwk),
                _ => ImportSymmetric(jwk),
            };
        }
        catch (MalformedException e)
        {
            throw KeyErrors.BadParameter($"JSON Web Key: {e.Message}");
        }
    }

    private static string Family(string keyType) => keyType.Split('-')[0];

    private static RsaJwk ImportRsa(RequestJson jwk)
    {
        var key = RsaJwk.FromParameters(new()
        {
            Modulus = Required(jwk, "n"),
            Exponent = Required(jwk, "e"),
            D = Required(jwk, "d"),
            P = Required(jwk, "p"),
            Q = Required(jwk, "q"),
            DP = Required(jwk, "dp"),
            DQ = Required(jwk, "dq"),
            InverseQ = Required(jwk, "qi"),
        });
        if (key.Bits is not (2048 or 3072 or 4096))
            throw KeyErrors.BadParameter($"JSON Web Key: n has {key.Bits} bits, expected 2048, 3072 or 4096.");
        CheckBelongsTogether(key);
        return key;
    }

    /// <summary>Signs and verifies once: numbers that do not belong together would make a key that nobody can use, or one that leaks its
    /// factors.</summary>
    private static void CheckBelongsTogether(RsaJwk key)
    {
        try
        {
            using var both = key.CreateRsa();
            using var half = RSA.Create(new RSAParameters { Modulus = key.Modulus.ToArray(), Exponent = key.Exponent.ToArray() });
            var probe = "import"u8;
            if (half.VerifyData(probe, both.SignData(probe, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1), HashAlgorithmName.SHA256,
                RSASignaturePadding.Pkcs1)) return;
        }
        catch (CryptographicException)
        {
            // The platform found it out first.
        }

        throw KeyErrors.BadParameter("JSON Web Key: the private numbers do not belong to n and e.");
    }

    private static EcJwk ImportEc(RequestJson jwk)
    {
        var name = jwk.RequiredText("crv");
        var curve = EcCurve.Find(name) ?? throw KeyErrors.BadParameter($"crv {name} is not supported: {string.Join(", ", EcCurve.All)}.");
        return EcJwk.FromParameters(new() { Curve = curve.Platform, Q = new() { X = Required(jwk, "x"), Y = Required(jwk, "y") },
            D = Required(jwk, "d") });
    }

    private static OctJwk ImportSymmetric(RequestJson jwk)
    {
        var bytes = Required(jwk, "k");
        try
        {
            if (bytes.Length > MaximumSymmetricLength)
                throw KeyErrors.BadParameter($"JSON Web Key: k property of oct key is too large, maximum size is {MaximumSymmetricLength}");
            return OctJwk.FromBytes(bytes);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(bytes);
        }
    }

    private static byte[] Required(RequestJson jwk, string name)
        => jwk.Bytes(name) ?? throw KeyErrors.BadParameter($"JSON Web Key: {name} is required.");
}
