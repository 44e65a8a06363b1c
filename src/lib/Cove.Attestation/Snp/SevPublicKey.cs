using System.Buffers.Binary;
using System.Security.Cryptography;
using Cove.Formats.Binary;
using Cove.Outcomes;

namespace Cove.Attestation.Snp;

/// <summary>
/// An ID or author key as the firmware takes it (SEV-SNP ABI, ECDSA_PUB_KEY): the curve, then both coordinates little-endian in 72 bytes each.
/// The digest of these bytes is what a report carries in ID_KEY_DIGEST or AUTHOR_KEY_DIGEST.
/// </summary>
public sealed class SevPublicKey
{
    /// <summary>Size in bytes.</summary>
    public const int Size = 0x404;

    private const string Format = "SEV public key";
    private const uint P384 = 2;
    private const int XAt = 4;
    private const int YAt = XAt + SevSignature.ScalarSlot;
    private const int CoordinatesEnd = YAt + SevSignature.ScalarSlot;
    private readonly byte[] _bytes;

    private SevPublicKey(byte[] bytes) => _bytes = bytes;

    /// <summary>All 1028 bytes.</summary>
    public ReadOnlyMemory<byte> Bytes => _bytes;

    /// <summary>SHA-384 of the bytes, 48 bytes.</summary>
    public byte[] Digest() => SHA384.HashData(_bytes);

    /// <summary>The public part of a P-384 key.</summary>
    /// <exception cref="MalformedException">It is of another curve.</exception>
    public static SevPublicKey Of(ECDsa key)
    {
        var point = key.KeySize == SevSignature.ScalarSize * 8 ? key.ExportParameters(includePrivateParameters: false).Q : default;
        if (point.X is not { Length: SevSignature.ScalarSize } x || point.Y is not { Length: SevSignature.ScalarSize } y)
            throw new MalformedException(Format, "curve", $"is of {key.KeySize} bits, expected P-384");
        var bytes = new byte[Size];
        BinaryPrimitives.WriteUInt32LittleEndian(bytes, P384);
        SevSignature.Write([.. x, .. y], bytes.AsSpan(XAt));
        return new SevPublicKey(bytes);
    }

    /// <summary>Parses the bytes.</summary>
    /// <exception cref="MalformedException">They are not 1028, of another curve, or a reserved one is not zero.</exception>
    public static SevPublicKey Parse(ReadOnlySpan<byte> bytes)
    {
        var at = new ByteReader(Format, bytes);
        var curve = at.UInt32("curve");
        if (curve != P384) throw new MalformedException(Format, "curve", $"is {curve}, expected {P384} (P-384)", 0);
        foreach (var coordinate in (ReadOnlySpan<string>)["x", "y"])
        {
            at.Bytes(coordinate, SevSignature.ScalarSize);
            at.Zero(coordinate + " above 48 bytes", SevSignature.ScalarSlot - SevSignature.ScalarSize);
        }

        at.Zero("reserved", Size - CoordinatesEnd);
        at.End();
        return new SevPublicKey(bytes.ToArray());
    }

    /// <summary>Whether the key made a signature (r || s, 96 bytes) over the data with SHA-384. A point that is not on the curve made none.</summary>
    internal bool Verifies(ReadOnlySpan<byte> data, ReadOnlySpan<byte> signature)
    {
        var point = SevSignature.ToP1363(_bytes.AsSpan(XAt));
        try
        {
            using var key = ECDsa.Create(new ECParameters
            {
                Curve = ECCurve.NamedCurves.nistP384,
                Q = new ECPoint { X = point[..SevSignature.ScalarSize], Y = point[SevSignature.ScalarSize..] },
            });
            return key.VerifyData(data, signature, HashAlgorithmName.SHA384, DSASignatureFormat.IeeeP1363FixedFieldConcatenation);
        }
        catch (CryptographicException)
        {
            return false;
        }
    }
}
