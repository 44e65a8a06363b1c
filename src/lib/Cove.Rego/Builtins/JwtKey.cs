using System.Formats.Asn1;
using System.Security.Cryptography;
using Cove.Rego.Certificates;
using Cove.Rego.Values;

namespace Cove.Rego.Builtins;

/// <summary>A key of a token: from a certificate, a public key or a JSON web key.</summary>
internal sealed class JwtKey : IDisposable
{
    private const string EdDsa = "EdDSA";

    private const string NotKeys =
        "failed to parse a JWK key (set): jwk.ParseString: failed to parse string: jwk.Parse: failed to parse sole key: jwk.ParseKey: jwk.Parse: failed to probe data: probe: failed to unmarshal data: ";

    private RSA? _rsa;
    private ECDsa? _ec;
    private byte[]? _secret;
    private byte[]? _edPublic;
    private byte[]? _edSeed;

    public string? Algorithm { get; private init; }

    public string? Id { get; private init; }

    public static JwtKey FromSecret(byte[] secret) => new() { _secret = secret };

    /// <summary>All keys that a text holds.</summary>
    /// <exception cref="FormatException">There is none.</exception>
    public static List<JwtKey> Read(string text)
    {
        if (text.TrimStart().StartsWith("-----BEGIN", StringComparison.Ordinal)) return [ReadPem(text)];
        if (GoJson.Problem(text) is { } problem) throw new FormatException(NotKeys + problem);
        if (RegoValue.FromJson(ByteText.ToBytes(text)) is not RegoObject obj) throw new FormatException(NotKeys + "not an object");
        var members = obj["keys"] is RegoArray set ? set.Items.OfType<RegoObject>() : [obj];
        return members.Select(FromJwk).OfType<JwtKey>().ToList();
    }

    private static JwtKey ReadPem(string text)
    {
        if (!PemEncoding.TryFind(text, out var fields)) throw new FormatException("failed to parse a PEM certificate");
        if (text[fields.Location.End..].Trim().Length > 0) throw new FormatException("extra data after a PEM certificate block");
        var label = text[fields.Label];
        var bytes = Convert.FromBase64String(text[fields.Base64Data]);
        try
        {
            if (label == "CERTIFICATE")
            {
                if (X509Certificate.ReadAll(bytes) is not [{ } certificate]) throw new FormatException("failed to parse a PEM certificate");
                return FromPublicKey(certificate.PublicKey.Der);
            }

            if (label == "PUBLIC KEY") return FromPublicKey(bytes);
        }
        catch (Exception bad) when (bad is CryptographicException or X509Exception or AsnContentException)
        {
            throw new FormatException(label == "CERTIFICATE" ? "failed to parse a PEM certificate" : "failed to parse a PEM public key", bad);
        }

        throw new FormatException("failed to extract a Key from the PEM certificate");
    }

    private static JwtKey FromPublicKey(byte[] bytes)
    {
        if (X509PublicKey.Read(new AsnReader(bytes, AsnEncodingRules.DER)) is { Kind: X509KeyKind.Ed25519 } key) return new JwtKey { _edPublic = key.Raw };
        var rsa = RSA.Create();
        try
        {
            rsa.ImportSubjectPublicKeyInfo(bytes, out _);
            return new JwtKey { _rsa = rsa };
        }
        catch (CryptographicException)
        {
            rsa.Dispose();
            var ec = ECDsa.Create();
            ec.ImportSubjectPublicKeyInfo(bytes, out _);
            return new JwtKey { _ec = ec };
        }
    }

    /// <summary>A JSON web key, or null for one of a kind that is not known.</summary>
    public static JwtKey? FromJwk(RegoObject jwk)
    {
        var algorithm = (jwk["alg"] as RegoString)?.Text;
        var id = (jwk["kid"] as RegoString)?.Text;
        return (jwk["kty"] as RegoString)?.Text switch
        {
            "oct" => new JwtKey { _secret = Bytes(jwk, "k") ?? throw new FormatException("failed to parse a JWK key: no k"), Algorithm = algorithm, Id = id },
            "RSA" => new JwtKey { _rsa = ReadRsa(jwk), Algorithm = algorithm, Id = id },
            "EC" => new JwtKey { _ec = ReadEc(jwk), Algorithm = algorithm, Id = id },
            "OKP" when (jwk["crv"] as RegoString)?.Text == "Ed25519" => ReadEd25519(jwk, algorithm, id),
            _ => null,
        };
    }

    private static JwtKey ReadEd25519(RegoObject jwk, string? algorithm, string? id)
    {
        var (point, seed) = (Bytes(jwk, "x"), Bytes(jwk, "d"));
        if (point is not { Length: Ed25519.KeySize } || seed is not (null or { Length: Ed25519.KeySize }))
            throw new FormatException("failed to parse a JWK key: not an Ed25519 key");
        return new JwtKey { _edPublic = point, _edSeed = seed, Algorithm = algorithm, Id = id };
    }

    private static RSA ReadRsa(RegoObject jwk)
    {
        var parameters = new RSAParameters { Modulus = Bytes(jwk, "n"), Exponent = Bytes(jwk, "e") };
        if (Bytes(jwk, "d") is { } d && parameters.Modulus is { } n)
        {
            var half = (n.Length + 1) / 2;
            parameters.D = Pad(d, n.Length);
            parameters.P = Pad(Bytes(jwk, "p"), half);
            parameters.Q = Pad(Bytes(jwk, "q"), half);
            parameters.DP = Pad(Bytes(jwk, "dp"), half);
            parameters.DQ = Pad(Bytes(jwk, "dq"), half);
            parameters.InverseQ = Pad(Bytes(jwk, "qi"), half);
        }

        return RSA.Create(parameters);
    }

    private static ECDsa ReadEc(RegoObject jwk)
    {
        var (curve, size) = (jwk["crv"] as RegoString)?.Text switch
        {
            "P-256" => (ECCurve.NamedCurves.nistP256, 32),
            "P-384" => (ECCurve.NamedCurves.nistP384, 48),
            "P-521" => (ECCurve.NamedCurves.nistP521, 66),
            _ => throw new FormatException("failed to parse a JWK key: unknown curve"),
        };
        return ECDsa.Create(new ECParameters { Curve = curve, Q = new ECPoint { X = Pad(Bytes(jwk, "x"), size), Y = Pad(Bytes(jwk, "y"), size) }, D = Pad(Bytes(jwk, "d"), size) });
    }

    private static byte[]? Pad(byte[]? bytes, int size) => bytes is null || bytes.Length >= size ? bytes : [.. new byte[size - bytes.Length], .. bytes];

    private static byte[]? Bytes(RegoObject jwk, string name)
    {
        if (jwk[name] is not RegoString { Text: var text }) return null;
        var padded = text.PadRight((text.Length + 3) / 4 * 4, '=');
        return EncodingBuiltins.TryBase64(padded, url: true, out var bytes) < 0 ? bytes : null;
    }

    public bool Verify(string algorithm, byte[] data, byte[] signature)
    {
        if (algorithm == EdDsa) return _edPublic is not null && Ed25519.Verify(_edPublic, data, signature);
        var hash = HashOf(algorithm);
        return algorithm[..2] switch
        {
            "HS" => _secret is not null && CryptographicOperations.FixedTimeEquals(Mac(hash, data), signature),
            "RS" => _rsa?.VerifyData(data, signature, hash, RSASignaturePadding.Pkcs1) == true,
            "PS" => _rsa?.VerifyData(data, signature, hash, RSASignaturePadding.Pss) == true,
            "ES" => _ec?.VerifyData(data, signature, hash) == true,
            _ => false,
        };
    }

    /// <summary>The signature, or null when the key is not one for the algorithm.</summary>
    public byte[]? Sign(string algorithm, byte[] data)
    {
        if (algorithm == EdDsa) return _edSeed is null ? null : Ed25519.Sign(_edSeed, data);
        var hash = HashOf(algorithm);
        return algorithm[..2] switch
        {
            "HS" when _secret is not null => Mac(hash, data),
            "RS" => _rsa?.SignData(data, hash, RSASignaturePadding.Pkcs1),
            "PS" => _rsa?.SignData(data, hash, RSASignaturePadding.Pss),
            "ES" => _ec?.SignData(data, hash),
            _ => null,
        };
    }

    private byte[] Mac(HashAlgorithmName hash, byte[] data) => CryptographicOperations.HmacData(hash, _secret!, data);

    private static HashAlgorithmName HashOf(string algorithm) => algorithm[2..] switch
    {
        "256" => HashAlgorithmName.SHA256,
        "384" => HashAlgorithmName.SHA384,
        _ => HashAlgorithmName.SHA512,
    };

    public void Dispose()
    {
        _rsa?.Dispose();
        _ec?.Dispose();
        if (_secret is not null) CryptographicOperations.ZeroMemory(_secret);
        if (_edSeed is not null) CryptographicOperations.ZeroMemory(_edSeed);
    }
}
