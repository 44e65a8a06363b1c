using System.Security.Cryptography;
using Cove.Formats.Der;

namespace Cove.Formats.Cose;

/// <summary>A COSE signature algorithm (RFC 9053 2.1, RFC 8230 2). Anything not in <see cref="All"/> is refused.</summary>
public sealed class CoseAlgorithm
{
    private readonly HashAlgorithmName _hash;
    private readonly bool _isEcdsa;

    private CoseAlgorithm(string name, long identifier, HashAlgorithmName hash, bool isEcdsa)
    {
        Name = name;
        Identifier = identifier;
        _hash = hash;
        _isEcdsa = isEcdsa;
    }

    /// <summary>PS256, PS384, PS512, ES256, ES384, ES512.</summary>
    public static IReadOnlyList<CoseAlgorithm> All { get; } =
    [
        new("PS256", -37, HashAlgorithmName.SHA256, isEcdsa: false),
        new("PS384", -38, HashAlgorithmName.SHA384, isEcdsa: false),
        new("PS512", -39, HashAlgorithmName.SHA512, isEcdsa: false),
        new("ES256", -7, HashAlgorithmName.SHA256, isEcdsa: true),
        new("ES384", -35, HashAlgorithmName.SHA384, isEcdsa: true),
        new("ES512", -36, HashAlgorithmName.SHA512, isEcdsa: true),
    ];

    /// <summary>Its usual name.</summary>
    public string Name { get; }

    /// <summary>Its number in the <c>alg</c> header.</summary>
    public long Identifier { get; }

    /// <summary>The algorithm with this number, or null.</summary>
    public static CoseAlgorithm? Find(long identifier) => All.FirstOrDefault(algorithm => algorithm.Identifier == identifier);

    internal bool Verify(ReadOnlySpan<byte> spki, ReadOnlySpan<byte> data, ReadOnlySpan<byte> signature)
    {
        if (_isEcdsa)
        {
            using var ecdsa = SubjectPublicKey.ImportEcdsa(spki);
            return ecdsa is not null && ecdsa.VerifyData(data, signature, _hash, DSASignatureFormat.IeeeP1363FixedFieldConcatenation);
        }

        using var rsa = SubjectPublicKey.ImportRsa(spki);
        return rsa is not null && rsa.VerifyData(data, signature, _hash, RSASignaturePadding.Pss);
    }

    internal byte[] Sign(AsymmetricAlgorithm key, ReadOnlySpan<byte> data) => (key, _isEcdsa) switch
    {
        (ECDsa ecdsa, true) => ecdsa.SignData(data, _hash, DSASignatureFormat.IeeeP1363FixedFieldConcatenation),
        (RSA rsa, false) => rsa.SignData(data, _hash, RSASignaturePadding.Pss),
        _ => throw new ArgumentException($"the key does not fit {Name}", nameof(key)),
    };
}
