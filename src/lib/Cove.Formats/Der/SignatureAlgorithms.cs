using System.Formats.Asn1;
using System.Security.Cryptography;

namespace Cove.Formats.Der;

/// <summary>AlgorithmIdentifiers of signatures, read and applied.</summary>
internal static class SignatureAlgorithms
{
    private const string RsaPss = "1.2.840.113549.1.1.10";
    private const string Mgf1 = "1.2.840.113549.1.1.8";
    private static readonly Asn1Tag HashTag = new(TagClass.ContextSpecific, 0, isConstructed: true);
    private static readonly Asn1Tag MaskTag = new(TagClass.ContextSpecific, 1, isConstructed: true);
    private static readonly Asn1Tag SaltTag = new(TagClass.ContextSpecific, 2, isConstructed: true);
    private static readonly Asn1Tag TrailerTag = new(TagClass.ContextSpecific, 3, isConstructed: true);

    /// <summary>Reads an AlgorithmIdentifier.</summary>
    /// <exception cref="AsnContentException">It is not one of <see cref="SignatureAlgorithm"/>.</exception>
    public static SignatureAlgorithm Read(ReadOnlyMemory<byte> identifier)
    {
        var sequence = new AsnReader(identifier, AsnEncodingRules.DER).ReadSequence();
        var oid = sequence.ReadObjectIdentifier();
        if (oid == RsaPss) return ReadPss(sequence);
        // RFC 4055: parameters are NULL for RSA; RFC 5758: absent for ECDSA.
        if (sequence.HasData) sequence.ReadNull();
        sequence.ThrowIfNotEmpty();
        return oid switch
        {
            "1.2.840.113549.1.1.11" => SignatureAlgorithm.RsaPkcs1Sha256,
            "1.2.840.113549.1.1.12" => SignatureAlgorithm.RsaPkcs1Sha384,
            "1.2.840.113549.1.1.13" => SignatureAlgorithm.RsaPkcs1Sha512,
            "1.2.840.10045.4.3.2" => SignatureAlgorithm.EcdsaSha256,
            "1.2.840.10045.4.3.3" => SignatureAlgorithm.EcdsaSha384,
            "1.2.840.10045.4.3.4" => SignatureAlgorithm.EcdsaSha512,
            _ => throw new AsnContentException($"signature algorithm {oid} is not supported"),
        };
    }

    /// <summary>Verifies <paramref name="signature"/> over <paramref name="data"/> with a DER SubjectPublicKeyInfo.</summary>
    /// <returns>False when the signature, or the key for this algorithm, is wrong.</returns>
    public static bool Verify(SignatureAlgorithm algorithm, ReadOnlySpan<byte> spki, ReadOnlySpan<byte> data, ReadOnlySpan<byte> signature)
    {
        var hash = HashOf(algorithm);
        if (algorithm is SignatureAlgorithm.EcdsaSha256 or SignatureAlgorithm.EcdsaSha384 or SignatureAlgorithm.EcdsaSha512)
        {
            using var ecdsa = SubjectPublicKey.ImportEcdsa(spki);
            return ecdsa is not null && ecdsa.VerifyData(data, signature, hash, DSASignatureFormat.Rfc3279DerSequence);
        }

        using var rsa = SubjectPublicKey.ImportRsa(spki);
        var padding = algorithm is SignatureAlgorithm.RsaPkcs1Sha256 or SignatureAlgorithm.RsaPkcs1Sha384 or SignatureAlgorithm.RsaPkcs1Sha512
            ? RSASignaturePadding.Pkcs1
            : RSASignaturePadding.Pss;
        return rsa is not null && rsa.VerifyData(data, signature, hash, padding);
    }

    private static HashAlgorithmName HashOf(SignatureAlgorithm algorithm) => algorithm switch
    {
        SignatureAlgorithm.RsaPssSha256 or SignatureAlgorithm.RsaPkcs1Sha256 or SignatureAlgorithm.EcdsaSha256 => HashAlgorithmName.SHA256,
        SignatureAlgorithm.RsaPssSha384 or SignatureAlgorithm.RsaPkcs1Sha384 or SignatureAlgorithm.EcdsaSha384 => HashAlgorithmName.SHA384,
        _ => HashAlgorithmName.SHA512,
    };

    private static SignatureAlgorithm ReadPss(AsnReader sequence)
    {
        // RFC 4055 3.1. The defaults (SHA-1, salt 20) are never acceptable, so every member but the trailer must be there.
        var parameters = sequence.ReadSequence();
        sequence.ThrowIfNotEmpty();
        var hash = ReadHash(parameters.ReadSequence(HashTag));
        var mask = parameters.ReadSequence(MaskTag).ReadSequence();
        if (mask.ReadObjectIdentifier() != Mgf1 || ReadHash(mask) != hash)
            throw new AsnContentException("RSASSA-PSS must use MGF1 with the hash of the message");
        if (!parameters.ReadSequence(SaltTag).TryReadInt32(out var salt))
            throw new AsnContentException("RSASSA-PSS salt length is out of range");
        if (parameters.HasData && (!parameters.ReadSequence(TrailerTag).TryReadInt32(out var trailer) || trailer != 1))
            throw new AsnContentException("RSASSA-PSS trailer field must be 1");
        parameters.ThrowIfNotEmpty();
        return (hash, salt) switch
        {
            ("2.16.840.1.101.3.4.2.1", 32) => SignatureAlgorithm.RsaPssSha256,
            ("2.16.840.1.101.3.4.2.2", 48) => SignatureAlgorithm.RsaPssSha384,
            ("2.16.840.1.101.3.4.2.3", 64) => SignatureAlgorithm.RsaPssSha512,
            _ => throw new AsnContentException($"RSASSA-PSS with hash {hash} and a salt of {salt} bytes is not supported"),
        };
    }

    private static string ReadHash(AsnReader reader)
    {
        var identifier = reader.ReadSequence();
        var oid = identifier.ReadObjectIdentifier();
        if (identifier.HasData) identifier.ReadNull();
        identifier.ThrowIfNotEmpty();
        return oid;
    }
}
