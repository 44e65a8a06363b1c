using System.Formats.Asn1;
using System.Security.Cryptography;
using Cove.Rego.Values;

namespace Cove.Rego.Certificates;

/// <summary>A private key of one of the kinds that are known.</summary>
internal sealed class X509PrivateKey : IDisposable
{
    private readonly RSA? _rsa;
    private readonly ECDsa? _ec;
    private readonly byte[]? _seed;

    private X509PrivateKey(RSA? rsa, ECDsa? ec, byte[]? seed) => (_rsa, _ec, _seed) = (rsa, ec, seed);

    /// <summary>Reads the key of a PEM block; null for a block of another kind.</summary>
    /// <exception cref="X509Exception">The block does not hold such a key.</exception>
    public static X509PrivateKey? Read(string label, byte[] der)
    {
        try
        {
            switch (label)
            {
                case "RSA PRIVATE KEY":
                    var rsa = RSA.Create();
                    rsa.ImportRSAPrivateKey(der, out _);
                    return new X509PrivateKey(rsa, null, null);
                case "EC PRIVATE KEY":
                    var ec = ECDsa.Create();
                    ec.ImportECPrivateKey(der, out _);
                    return new X509PrivateKey(null, ec, null);
                case "PRIVATE KEY":
                    return ReadPkcs8(der);
                default:
                    return null;
            }
        }
        catch (Exception error) when (error is CryptographicException or AsnContentException)
        {
            throw new X509Exception("x509: failed to parse private key", error);
        }
    }

    private static X509PrivateKey ReadPkcs8(byte[] der)
    {
        var info = new AsnReader(der, AsnEncodingRules.BER).ReadSequence();
        info.ReadInteger();
        switch (info.ReadSequence().ReadObjectIdentifier())
        {
            case "1.2.840.113549.1.1.1":
                var rsa = RSA.Create();
                rsa.ImportPkcs8PrivateKey(der, out _);
                return new X509PrivateKey(rsa, null, null);
            case "1.2.840.10045.2.1":
                var ec = ECDsa.Create();
                ec.ImportPkcs8PrivateKey(der, out _);
                return new X509PrivateKey(null, ec, null);
            case "1.3.101.112":
                var seed = new AsnReader(info.ReadOctetString(), AsnEncodingRules.BER).ReadOctetString();
                if (seed.Length != Ed25519.KeySize) throw new X509Exception($"x509: invalid Ed25519 private key length: {seed.Length}");
                return new X509PrivateKey(null, null, seed);
            case var other:
                throw new X509Exception($"x509: PKCS#8 wrapping contained private key with unknown algorithm: {other}");
        }
    }

    /// <summary>True when the public key is this key's.</summary>
    public bool Fits(X509PublicKey publicKey)
    {
        if (_seed is not null) return publicKey.Kind == X509KeyKind.Ed25519 && Ed25519.PublicKey(_seed).AsSpan().SequenceEqual(publicKey.Raw);
        if (_rsa is not null) return publicKey.Kind == X509KeyKind.Rsa && ToNumber(_rsa.ExportParameters(false).Modulus) == RegoValue.Of(publicKey.Modulus);
        return publicKey.Kind == X509KeyKind.Ecdsa && ToNumber(_ec!.ExportParameters(false).Q.X) == RegoValue.Of(publicKey.X);
    }

    /// <summary>The key as the field's own library gives it.</summary>
    public RegoValue Write()
    {
        if (_seed is not null) return X509Json.Bytes([.. _seed, .. Ed25519.PublicKey(_seed)]);
        if (_rsa is not null)
        {
            var rsa = _rsa.ExportParameters(includePrivateParameters: true);
            return RegoObject.Of(
                ("N", ToNumber(rsa.Modulus)), ("E", ToNumber(rsa.Exponent)), ("D", ToNumber(rsa.D)), ("Primes", RegoArray.Of(ToNumber(rsa.P), ToNumber(rsa.Q))),
                ("Precomputed", RegoObject.Of(("Dp", ToNumber(rsa.DP)), ("Dq", ToNumber(rsa.DQ)), ("Qinv", ToNumber(rsa.InverseQ)), ("CRTValues", RegoArray.Empty))));
        }

        var ec = _ec!.ExportParameters(includePrivateParameters: true);
        return RegoObject.Of(("Curve", RegoObject.Empty), ("X", ToNumber(ec.Q.X)), ("Y", ToNumber(ec.Q.Y)), ("D", ToNumber(ec.D)));
    }

    /// <summary>The key as a JSON web key (RFC 7517, RFC 8037).</summary>
    public RegoObject WriteJwk()
    {
        if (_seed is not null)
            return RegoObject.Of(("kty", RegoValue.Of("OKP")), ("crv", RegoValue.Of("Ed25519")), ("x", Url(Ed25519.PublicKey(_seed))), ("d", Url(_seed)));
        if (_rsa is not null)
        {
            var rsa = _rsa.ExportParameters(includePrivateParameters: true);
            return RegoObject.Of(
                ("kty", RegoValue.Of("RSA")), ("n", Url(rsa.Modulus)), ("e", Url(rsa.Exponent)), ("d", Url(Trim(rsa.D))), ("p", Url(Trim(rsa.P))), ("q", Url(Trim(rsa.Q))),
                ("dp", Url(Trim(rsa.DP))), ("dq", Url(Trim(rsa.DQ))), ("qi", Url(Trim(rsa.InverseQ))));
        }

        var ec = _ec!.ExportParameters(includePrivateParameters: true);
        var curve = ec.Q.X!.Length switch
        {
            32 => "P-256",
            48 => "P-384",
            _ => "P-521",
        };
        return RegoObject.Of(("kty", RegoValue.Of("EC")), ("crv", RegoValue.Of(curve)), ("x", Url(ec.Q.X)), ("y", Url(ec.Q.Y)), ("d", Url(ec.D)));
    }

    public void Dispose()
    {
        _rsa?.Dispose();
        _ec?.Dispose();
        if (_seed is not null) CryptographicOperations.ZeroMemory(_seed);
    }

    private static byte[] Trim(byte[]? bytes) => [.. bytes!.AsSpan().TrimStart((byte)0)];

    private static RegoValue ToNumber(byte[]? bytes) => RegoValue.Of(new System.Numerics.BigInteger(bytes, isUnsigned: true, isBigEndian: true));

    private static RegoValue Url(byte[]? bytes) => RegoValue.Of(System.Buffers.Text.Base64Url.EncodeToString(bytes));
}
