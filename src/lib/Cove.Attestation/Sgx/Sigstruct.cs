using System.Numerics;
using System.Security.Cryptography;
using Cove.Attestation.Dcap;
using Cove.Formats.Binary;
using Cove.Outcomes;

namespace Cove.Attestation.Sgx;

/// <summary>
/// A SIGSTRUCT (Intel SDM 34.14): an enclave's certificate by its author. The processor checks it when it starts the enclave; here it is checked
/// the same way. Numbers in it are little-endian.
/// </summary>
public sealed class Sigstruct
{
    /// <summary>Size in bytes.</summary>
    public const int Size = 1808;

    private const string Format = "SIGSTRUCT";
    private const int NumberSize = 384;
    private const int FirstSignedSize = 128;
    private const int SecondSignedOffset = 900;
    private const int SecondSignedSize = 128;
    private const uint Exponent = 3;
    private const uint Intel = 0x8086;
    private static readonly byte[] Header = Convert.FromHexString("06000000e100000000000100");
    private static readonly byte[] Header2 = Convert.FromHexString("01010000600000006000000001000000");

    private readonly byte[] bytes;

    private Sigstruct(byte[] bytes) => this.bytes = bytes;

    /// <summary>All 1808 bytes.</summary>
    public ReadOnlyMemory<byte> Bytes => bytes;

    /// <summary>VENDOR: 0x8086 for Intel's own enclaves, else 0.</summary>
    public required uint Vendor { get; init; }

    /// <summary>DATE of signing.</summary>
    public required DateOnly Date { get; init; }

    /// <summary>MISCSELECT the enclave must have, where <see cref="MiscMask"/> is set.</summary>
    public required uint MiscSelect { get; init; }

    /// <summary>Which bits of MISCSELECT are prescribed.</summary>
    public required uint MiscMask { get; init; }

    /// <summary>ATTRIBUTES the enclave must have, where <see cref="AttributesMask"/> is set.</summary>
    public required SgxAttributes Attributes { get; init; }

    /// <summary>Which bits of ATTRIBUTES are prescribed.</summary>
    public required SgxAttributes AttributesMask { get; init; }

    /// <summary>ISVPRODID.</summary>
    public required ushort IsvProdId { get; init; }

    /// <summary>ISVSVN.</summary>
    public required ushort IsvSvn { get; init; }

    /// <summary>ENCLAVEHASH, 32 bytes: the MRENCLAVE it is for.</summary>
    public ReadOnlySpan<byte> EnclaveHash => bytes.AsSpan(960, 32);

    /// <summary>ISVFAMILYID, 16 bytes.</summary>
    public ReadOnlySpan<byte> IsvFamilyId => bytes.AsSpan(912, 16);

    /// <summary>ISVEXTPRODID, 16 bytes.</summary>
    public ReadOnlySpan<byte> IsvExtendedProductId => bytes.AsSpan(1008, 16);

    /// <summary>Parses a structure.</summary>
    /// <exception cref="MalformedException">
    /// It has not exactly <see cref="Size"/> bytes, another header, date or exponent, or a reserved field is set.
    /// </exception>
    public static Sigstruct Parse(ReadOnlySpan<byte> structure)
    {
        if (structure.Length != Size)
            throw new MalformedException(Format, "length", $"is {structure.Length} bytes, expected {Size}", Math.Min(structure.Length, Size));
        var at = new ByteReader(Format, structure);
        if (!at.Bytes("HEADER", Header.Length).SequenceEqual(Header)) throw new MalformedException(Format, "HEADER", "is not that of a SIGSTRUCT", 0);
        at.UInt32("TYPE");
        var vendor = at.UInt32("VENDOR");
        if (vendor is not (0 or Intel)) throw new MalformedException(Format, "VENDOR", $"is 0x{vendor:x}, expected 0 or 0x8086", 16);
        var date = ReadDate(at.UInt32("DATE"));
        if (!at.Bytes("HEADER2", Header2.Length).SequenceEqual(Header2))
            throw new MalformedException(Format, "HEADER2", "is not that of a SIGSTRUCT", 24);
        at.UInt32("SWDEFINED");
        at.Zero("reserved after SWDEFINED", 84);
        at.Bytes("MODULUS", NumberSize);
        var exponent = at.UInt32("EXPONENT");
        if (exponent != Exponent) throw new MalformedException(Format, "EXPONENT", $"is {exponent}, expected 3", 512);
        at.Bytes("SIGNATURE", NumberSize);
        var (misc, miscMask) = (at.UInt32("MISCSELECT"), at.UInt32("MISCMASK"));
        at.Zero("reserved after MISCMASK", 4);
        at.Bytes("ISVFAMILYID", 16);
        var attributes = new SgxAttributes(at.UInt64("ATTRIBUTES"), at.UInt64("XFRM"));
        var mask = new SgxAttributes(at.UInt64("ATTRIBUTEMASK"), at.UInt64("XFRM mask"));
        at.Bytes("ENCLAVEHASH", 32);
        at.Zero("reserved after ENCLAVEHASH", 16);
        at.Bytes("ISVEXTPRODID", 16);
        var (product, svn) = (at.UInt16("ISVPRODID"), at.UInt16("ISVSVN"));
        at.Zero("reserved after ISVSVN", 12);
        at.Bytes("Q1, Q2", 2 * NumberSize);
        at.End();
        return new Sigstruct(structure.ToArray())
        {
            Vendor = vendor, Date = date, MiscSelect = misc, MiscMask = miscMask, Attributes = attributes, AttributesMask = mask, IsvProdId = product, IsvSvn = svn,
        };
    }

    /// <summary>MRSIGNER: SHA-256 of the modulus as it stands here.</summary>
    public byte[] MrSigner() => SHA256.HashData(bytes.AsSpan(FirstSignedSize, NumberSize));

    /// <summary>Every reason why a processor would refuse it; none when the author's key signed it and its helper numbers are right.</summary>
    public IReadOnlyList<Finding> Verify()
    {
        List<Finding> findings = [];
        if (!HasSignature())
            findings.Add(new(
                "sigstruct-signature-invalid", "SIGNATURE", "a signature by the key of MODULUS", "another signature", DcapSections.Enclave));
        var modulus = Number(FirstSignedSize);
        var signature = Number(516);
        if (modulus.IsZero || signature >= modulus) return findings;
        // Q1 = S^2 / M, Q2 = S * (S^2 - Q1 * M) / M: the processor multiplies with them instead of dividing.
        var square = signature * signature;
        var first = BigInteger.Divide(square, modulus);
        var second = BigInteger.Divide(signature * (square - first * modulus), modulus);
        if (first != Number(1040))
            findings.Add(new("sigstruct-quotient-invalid", "Q1", "SIGNATURE^2 / MODULUS", "another number", DcapSections.Enclave));
        if (second != Number(1424))
            findings.Add(new(
                "sigstruct-quotient-invalid", "Q2", "SIGNATURE * (SIGNATURE^2 - Q1 * MODULUS) / MODULUS", "another number", DcapSections.Enclave));
        return findings;
    }

    private bool HasSignature()
    {
        byte[] signed = [.. bytes.AsSpan(0, FirstSignedSize), .. bytes.AsSpan(SecondSignedOffset, SecondSignedSize)];
        try
        {
            using var key = RSA.Create(new RSAParameters { Modulus = BigEndian(FirstSignedSize), Exponent = [(byte)Exponent] });
            return key.KeySize == 8 * NumberSize && key.VerifyData(signed, BigEndian(516), HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        }
        catch (CryptographicException)
        {
            // Not the modulus of an RSA key: no signature verifies under it.
            return false;
        }
    }

    private byte[] BigEndian(int offset)
    {
        var number = bytes.AsSpan(offset, NumberSize).ToArray();
        Array.Reverse(number);
        return number;
    }

    private BigInteger Number(int offset) => new(bytes.AsSpan(offset, NumberSize), isUnsigned: true);

    // Binary-coded decimal, 0xYYYYMMDD.
    private static DateOnly ReadDate(uint date) =>
        DateOnly.TryParseExact($"{date:x8}", "yyyyMMdd", out var read) ? read : throw new MalformedException(Format, "DATE", $"is 0x{date:x8}, expected 0xYYYYMMDD", 20);
}
