using System.Formats.Asn1;
using System.Numerics;
using System.Security.Cryptography;

namespace Cove.Rego.Certificates;

/// <summary>The kinds of public keys, with the numbers that the JSON form uses.</summary>
internal enum X509KeyKind
{
    Unknown = 0,
    Rsa = 1,
    Dsa = 2,
    Ecdsa = 3,
    Ed25519 = 4,
}

/// <summary>A subject's public key (RFC 5280 §4.1.2.7).</summary>
internal sealed class X509PublicKey
{
    private const string RsaKey = "1.2.840.113549.1.1.1";
    private const string DsaKey = "1.2.840.10040.4.1";
    private const string EcKey = "1.2.840.10045.2.1";
    private const string Ed25519Key = "1.3.101.112";

    private X509PublicKey(X509KeyKind kind, byte[] der) => (Kind, Der) = (kind, der);

    public X509KeyKind Kind { get; }

    /// <summary>The SubjectPublicKeyInfo.</summary>
    public byte[] Der { get; }

    /// <summary>An RSA key's modulus.</summary>
    public BigInteger Modulus { get; private init; }

    public BigInteger Exponent { get; private init; }

    /// <summary>An elliptic curve key's point.</summary>
    public BigInteger X { get; private init; }

    public BigInteger Y { get; private init; }

    /// <summary>An Ed25519 key: 32 bytes.</summary>
    public byte[] Raw { get; private init; } = [];

    public static X509PublicKey Read(AsnReader reader)
    {
        var der = reader.PeekEncodedValue().ToArray();
        var info = reader.ReadSequence();
        var algorithm = info.ReadSequence();
        var type = algorithm.ReadObjectIdentifier();
        var bits = info.ReadBitString(out _);
        info.ThrowIfNotEmpty();
        switch (type)
        {
            case RsaKey:
                var key = new AsnReader(bits, AsnEncodingRules.DER).ReadSequence();
                return new X509PublicKey(X509KeyKind.Rsa, der) { Modulus = key.ReadInteger(), Exponent = key.ReadInteger() };
            case EcKey:
                if (bits.Length < 3 || bits[0] != 4 || bits.Length % 2 == 0) throw new X509Exception("x509: failed to unmarshal elliptic curve point");
                var half = bits.Length / 2;
                return new X509PublicKey(X509KeyKind.Ecdsa, der)
                {
                    X = new BigInteger(bits.AsSpan(1, half), isUnsigned: true, isBigEndian: true),
                    Y = new BigInteger(bits.AsSpan(1 + half), isUnsigned: true, isBigEndian: true),
                };
            case Ed25519Key:
                if (bits.Length != 32) throw new X509Exception("x509: wrong Ed25519 public key size");
                return new X509PublicKey(X509KeyKind.Ed25519, der) { Raw = bits };
            default:
                return new X509PublicKey(type == DsaKey ? X509KeyKind.Dsa : X509KeyKind.Unknown, der);
        }
    }

    /// <summary>True when the signature over the data is this key's. Digests that are broken are not accepted.</summary>
    public bool Verifies(X509SignatureAlgorithm algorithm, byte[] data, byte[] signature)
    {
        if (algorithm.Kind != Kind || algorithm.IsBroken) return false;
        try
        {
            switch (Kind)
            {
                case X509KeyKind.Rsa:
                    using (var rsa = RSA.Create())
                    {
                        rsa.ImportSubjectPublicKeyInfo(Der, out _);
                        return rsa.VerifyData(data, signature, algorithm.Hash, algorithm.IsPss ? RSASignaturePadding.Pss : RSASignaturePadding.Pkcs1);
                    }

                case X509KeyKind.Ecdsa:
                    using (var ec = ECDsa.Create())
                    {
                        ec.ImportSubjectPublicKeyInfo(Der, out _);
                        return ec.VerifyData(data, signature, algorithm.Hash, DSASignatureFormat.Rfc3279DerSequence);
                    }

                case X509KeyKind.Ed25519:
                    return Ed25519.Verify(Raw, data, signature);
                default:
                    return false;
            }
        }
        catch (CryptographicException)
        {
            return false;
        }
    }
}
