using System.Buffers.Binary;
using System.Security.Cryptography;
using Cove.Formats.Binary;
using Cove.Outcomes;

namespace Cove.Attestation.Tpm;

/// <summary>
/// A TPM 2.0 quote: the structure that TPM2_Quote signs (TPM 2.0 part 2, 10.12.8, TPMS_ATTEST), its signature (RSASSA-PKCS1-v1_5 with SHA-256)
/// and the PCR values that it is about. Parsing verifies nothing. All integers are big-endian.
/// </summary>
public sealed class TpmQuote
{
    /// <summary>PCRs of a bank.</summary>
    public const int PcrCount = 24;

    /// <summary>Most bytes of a quote's structure, and of its signature.</summary>
    public const int MaximumSize = 2048;

    private const string Format = "TPM quote";
    private const string Section = "TPM 2.0 part 2, 10.12";
    private const uint Magic = 0xFF544347;
    private const ushort QuoteType = 0x8018;
    private const ushort Sha256Algorithm = 0x000B;
    private const ushort RsaSsa = 0x0014;
    private const int ClockInfoSize = 17;
    private const int MaximumNonce = 64;
    private const int MaximumName = 68;
    private const int SelectionSize = PcrCount / 8;
    private readonly byte[] _message;
    private readonly byte[] _signature;

    private TpmQuote(byte[] message, byte[] signature, byte[] nonce, IReadOnlyDictionary<int, ReadOnlyMemory<byte>> pcrs, byte[] digest)
    {
        _message = message;
        _signature = signature;
        Nonce = nonce;
        Pcrs = pcrs;
        PcrDigest = digest;
    }

    /// <summary>extraData: what the caller of TPM2_Quote gave to be signed along, at most 64 bytes.</summary>
    public ReadOnlyMemory<byte> Nonce { get; }

    /// <summary>The values of the PCRs that the quote selects (SHA-256 bank), by number in ascending order.</summary>
    public IReadOnlyDictionary<int, ReadOnlyMemory<byte>> Pcrs { get; }

    /// <summary>pcrDigest, 32 bytes: what the quote says that SHA-256 over those values is.</summary>
    public ReadOnlyMemory<byte> PcrDigest { get; }

    /// <summary>Parses a quote.</summary>
    /// <param name="message">The TPMS_ATTEST.</param>
    /// <param name="signature">A TPMT_SIGNATURE, or the signature's bytes alone.</param>
    /// <param name="pcrs">The values of the SHA-256 bank from PCR 0 on, 32 bytes each; those that the quote does not select are left aside.</param>
    /// <exception cref="MalformedException">It is no quote over SHA-256 PCRs, a selected PCR's value is missing, or the signature is of another algorithm.</exception>
    public static TpmQuote Parse(ReadOnlySpan<byte> message, ReadOnlySpan<byte> signature, IReadOnlyList<ReadOnlyMemory<byte>> pcrs)
    {
        if (message.Length > MaximumSize) throw new MalformedException(Format, "message", $"is {message.Length} bytes, at most {MaximumSize} are read");
        var at = new ByteReader(Format, message);
        var magic = BinaryPrimitives.ReadUInt32BigEndian(at.Bytes("magic", sizeof(uint)));
        if (magic != Magic) throw new MalformedException(Format, "magic", "is not that of a structure made by a TPM", 0);
        var type = UInt16(ref at, "type");
        if (type != QuoteType) throw new MalformedException(Format, "type", $"is 0x{type:x4}, expected 0x{QuoteType:x4} (quote)", sizeof(uint));
        Sized(ref at, "qualifiedSigner", MaximumName);
        var nonce = Sized(ref at, "extraData", MaximumNonce);
        at.Bytes("clockInfo", ClockInfoSize);
        at.Bytes("firmwareVersion", sizeof(ulong));
        var selected = ReadSelection(ref at);
        var digest = Sized(ref at, "pcrDigest", SHA256.HashSizeInBytes);
        if (digest.Length != SHA256.HashSizeInBytes) throw new MalformedException(Format, "pcrDigest", $"has {digest.Length} bytes, expected {SHA256.HashSizeInBytes}");
        at.End();
        return new TpmQuote(message.ToArray(), ReadSignature(signature), nonce.ToArray(), Pick(selected, pcrs), digest.ToArray());
    }

    /// <summary>Every reason why the quote was not made by this key, or is not about these PCR values; none when it holds.</summary>
    internal List<Finding> Verify(RSA attestationKey)
    {
        List<Finding> findings = [];
        if (!attestationKey.VerifyData(_message, _signature, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1))
            findings.Add(new("tpm-quote-signature-invalid", "signature", "a signature over the quote by the attestation key", "another signature", Section));
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var value in Pcrs.Values) hash.AppendData(value.Span);
        var actual = hash.GetHashAndReset();
        if (!CryptographicOperations.FixedTimeEquals(actual, PcrDigest.Span))
            findings.Add(new("tpm-pcr-mismatch", "pcrDigest", $"SHA-256 of the PCR values, {Convert.ToHexStringLower(actual)}", Convert.ToHexStringLower(PcrDigest.Span), Section));
        return findings;
    }

    // TPML_PCR_SELECTION with exactly one bank: a second one would be signed and never looked at.
    private static List<int> ReadSelection(ref ByteReader at)
    {
        var offset = at.Offset;
        var count = BinaryPrimitives.ReadUInt32BigEndian(at.Bytes("pcrSelect count", sizeof(uint)));
        if (count != 1) throw new MalformedException(Format, "pcrSelect", $"has {count} banks, expected the SHA-256 bank alone", offset);
        var bank = UInt16(ref at, "pcrSelect hash");
        if (bank != Sha256Algorithm) throw new MalformedException(Format, "pcrSelect hash", $"is 0x{bank:x4}, expected 0x{Sha256Algorithm:x4} (SHA-256)", offset + sizeof(uint));
        var size = at.UInt8("pcrSelect size");
        if (size != SelectionSize) throw new MalformedException(Format, "pcrSelect size", $"is {size}, expected {SelectionSize}", at.Offset - 1);
        var bits = at.Bytes("pcrSelect", size);
        List<int> selected = [];
        for (var i = 0; i < PcrCount; i++)
        {
            if ((bits[i / 8] >> (i % 8) & 1) != 0) selected.Add(i);
        }

        return selected;
    }

    private static SortedDictionary<int, ReadOnlyMemory<byte>> Pick(List<int> selected, IReadOnlyList<ReadOnlyMemory<byte>> pcrs)
    {
        if (pcrs.Count > PcrCount) throw new MalformedException(Format, "PCRs", $"are {pcrs.Count}, at most {PcrCount}");
        SortedDictionary<int, ReadOnlyMemory<byte>> picked = [];
        foreach (var index in selected)
        {
            if (index >= pcrs.Count || pcrs[index].Length != SHA256.HashSizeInBytes) throw new MalformedException(Format, $"PCR {index}", $"is selected, and its value of {SHA256.HashSizeInBytes} bytes is missing");
            picked[index] = pcrs[index].ToArray();
        }

        return picked;
    }

    // TPMT_SIGNATURE (part 2, 11.3.4): algorithm, hash, size, bytes. The bytes alone are as long as an RSA modulus.
    private static byte[] ReadSignature(ReadOnlySpan<byte> signature)
    {
        if (signature.Length is 0 or > MaximumSize) throw new MalformedException(Format, "signature", $"is {signature.Length} bytes, at most {MaximumSize} are read");
        const int header = 3 * sizeof(ushort);
        if (signature.Length % 64 == 0) return signature.ToArray();
        var at = new ByteReader("TPM signature", signature);
        var (algorithm, hash, size) = (UInt16(ref at, "sigAlg"), UInt16(ref at, "hash"), UInt16(ref at, "size"));
        if (algorithm != RsaSsa || hash != Sha256Algorithm) throw new MalformedException("TPM signature", "sigAlg", $"is 0x{algorithm:x4} with hash 0x{hash:x4}, expected RSASSA with SHA-256", 0);
        if (size != signature.Length - header) throw new MalformedException("TPM signature", "size", $"is {size}, {signature.Length - header} bytes follow", 2 * sizeof(ushort));
        return signature[header..].ToArray();
    }

    private static ReadOnlySpan<byte> Sized(ref ByteReader at, string field, int maximum)
    {
        var offset = at.Offset;
        var size = UInt16(ref at, field + " size");
        return size <= maximum ? at.Bytes(field, size) : throw new MalformedException(Format, field, $"has {size} bytes, at most {maximum}", offset);
    }

    private static ushort UInt16(ref ByteReader at, string field) => BinaryPrimitives.ReadUInt16BigEndian(at.Bytes(field, sizeof(ushort)));
}
