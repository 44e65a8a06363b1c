using System.Security.Cryptography;

namespace Cove.Formats.Jose;

/// <summary>A signature algorithm of RFC 7518 section 3: RSA PKCS#1 v1.5, RSA-PSS and ECDSA. There is no <c>none</c> and no HMAC to confuse
/// with.</summary>
public sealed class JwsAlgorithm
{
    private readonly RSASignaturePadding? _padding;
    private readonly EcCurve? _curve;

    private JwsAlgorithm(string name, HashAlgorithmName hash, RSASignaturePadding? padding = null, EcCurve? curve = null)
    {
        Name = name;
        Hash = hash;
        _padding = padding;
        _curve = curve;
    }

    /// <summary>RSASSA-PKCS1-v1_5 with SHA-256.</summary>
    public static JwsAlgorithm RS256 { get; } = new("RS256", HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);

    /// <summary>RSASSA-PKCS1-v1_5 with SHA-384.</summary>
    public static JwsAlgorithm RS384 { get; } = new("RS384", HashAlgorithmName.SHA384, RSASignaturePadding.Pkcs1);

    /// <summary>RSASSA-PKCS1-v1_5 with SHA-512.</summary>
    public static JwsAlgorithm RS512 { get; } = new("RS512", HashAlgorithmName.SHA512, RSASignaturePadding.Pkcs1);

    /// <summary>RSASSA-PSS with SHA-256, salt as long as the hash.</summary>
    public static JwsAlgorithm PS256 { get; } = new("PS256", HashAlgorithmName.SHA256, RSASignaturePadding.Pss);

    /// <summary>RSASSA-PSS with SHA-384, salt as long as the hash.</summary>
    public static JwsAlgorithm PS384 { get; } = new("PS384", HashAlgorithmName.SHA384, RSASignaturePadding.Pss);

    /// <summary>RSASSA-PSS with SHA-512, salt as long as the hash.</summary>
    public static JwsAlgorithm PS512 { get; } = new("PS512", HashAlgorithmName.SHA512, RSASignaturePadding.Pss);

    /// <summary>ECDSA on P-256 with SHA-256.</summary>
    public static JwsAlgorithm ES256 { get; } = new("ES256", HashAlgorithmName.SHA256, curve: EcCurve.P256);

    /// <summary>ECDSA on P-384 with SHA-384.</summary>
    public static JwsAlgorithm ES384 { get; } = new("ES384", HashAlgorithmName.SHA384, curve: EcCurve.P384);

    /// <summary>ECDSA on P-521 with SHA-512.</summary>
    public static JwsAlgorithm ES512 { get; } = new("ES512", HashAlgorithmName.SHA512, curve: EcCurve.P521);

    /// <summary>Every algorithm we know.</summary>
    public static IReadOnlyList<JwsAlgorithm> All { get; } = [RS256, RS384, RS512, PS256, PS384, PS512, ES256, ES384, ES512];

    /// <summary>The <c>alg</c> value.</summary>
    public string Name { get; }

    /// <summary>The hash of the signing input.</summary>
    public HashAlgorithmName Hash { get; }

    /// <summary>The algorithm of this <c>alg</c> value, compared ordinally, or null.</summary>
    public static JwsAlgorithm? Find(string name) => All.FirstOrDefault(a => a.Name == name);

    /// <summary>True when a key of this type and curve, whose <c>alg</c>, <c>use</c> and <c>key_ops</c> do not say otherwise, may verify with
    /// this algorithm.</summary>
    public bool Fits(Jwk key)
    {
        if (key.Algorithm is not null && key.Algorithm != Name) return false;
        if (key.Use is not null && key.Use != "sig") return false;
        if (key.KeyOperations is { } operations && !operations.Contains("verify", StringComparer.Ordinal)
            && !operations.Contains("sign", StringComparer.Ordinal)) return false;
        return _curve is null ? key is RsaJwk : key is EcJwk ec && ec.Curve == _curve;
    }

    /// <inheritdoc/>
    public override string ToString() => Name;

    internal bool Verify(Jwk key, ReadOnlySpan<byte> input, ReadOnlySpan<byte> signature)
    {
        if (key is RsaJwk rsa) return rsa.Verifier.VerifyData(input, signature, Hash, _padding!);
        // RFC 7518 3.4: r || s, each as wide as a coordinate.
        return signature.Length == 2 * _curve!.CoordinateLength
            && ((EcJwk)key).Verifier.VerifyData(input, signature, Hash, DSASignatureFormat.IeeeP1363FixedFieldConcatenation);
    }

    internal bool Fits(AsymmetricAlgorithm key) => _curve is null
        ? key is RSA { KeySize: >= RsaJwk.MinimumBits }
        : key is ECDsa ecdsa && EcCurve.Find(ecdsa.ExportParameters(false).Curve) == _curve;

    internal byte[] Sign(AsymmetricAlgorithm key, ReadOnlySpan<byte> input) => key is RSA rsa
        ? rsa.SignData(input, Hash, _padding!)
        : ((ECDsa)key).SignData(input, Hash, DSASignatureFormat.IeeeP1363FixedFieldConcatenation);
}
