using System.Formats.Asn1;
using System.Security.Cryptography;

namespace Cove.Formats.Der;

/// <summary>
/// Imports the keys of certificates whose makers are not known yet. The platform takes any curve, also one that the key spells out in
/// parameters of its own making; here a key is on one of NIST's three curves, by name, or an RSA key of an accepted size.
/// </summary>
public static class SubjectPublicKey
{
    private const string EcPublicKey = "1.2.840.10045.2.1";
    private static readonly string[] Curves = ["1.2.840.10045.3.1.7", "1.3.132.0.34", "1.3.132.0.35"];

    /// <summary>The key for ECDSA; null where it is none, is on another curve, or is not on its curve at all. The caller disposes it.</summary>
    public static ECDsa? ImportEcdsa(ReadOnlySpan<byte> spki)
    {
        if (!IsOnNamedCurve(spki)) return null;
        var key = ECDsa.Create();
        return Import(key, spki) ? key : null;
    }

    /// <summary>The key for RSA; null where it is none, or its size is not accepted. The caller disposes it.</summary>
    public static RSA? ImportRsa(ReadOnlySpan<byte> spki)
    {
        // The numbers of a key at the limit, with room for what is around them.
        if (spki.Length > (2 * Certificate.MaximumRsaBits / 8) + 256) return null;
        var key = RSA.Create();
        if (!Import(key, spki)) return null;
        if (key.KeySize is >= Certificate.MinimumRsaBits and <= Certificate.MaximumRsaBits) return key;
        key.Dispose();
        return null;
    }

    private static bool Import(AsymmetricAlgorithm key, ReadOnlySpan<byte> spki)
    {
        try
        {
            key.ImportSubjectPublicKeyInfo(spki, out _);
            return true;
        }
        catch (CryptographicException)
        {
            key.Dispose();
            return false;
        }
    }

    // RFC 5480 2: the algorithm's parameters are the curve's name.
    private static bool IsOnNamedCurve(ReadOnlySpan<byte> spki)
    {
        try
        {
            AsnDecoder.ReadSequence(spki, AsnEncodingRules.DER, out var at, out var length, out _);
            var info = spki.Slice(at, length);
            AsnDecoder.ReadSequence(info, AsnEncodingRules.DER, out at, out length, out _);
            var algorithm = info.Slice(at, length);
            return AsnDecoder.ReadObjectIdentifier(algorithm, AsnEncodingRules.DER, out var read) == EcPublicKey
                && Array.IndexOf(Curves, AsnDecoder.ReadObjectIdentifier(algorithm[read..], AsnEncodingRules.DER, out _)) >= 0;
        }
        catch (AsnContentException)
        {
            return false;
        }
    }
}
