using System.Buffers.Binary;
using Cove.Attestation.Dcap;
using Cove.Formats.Binary;
using Cove.Outcomes;

namespace Cove.Attestation.OpenEnclave;

/// <summary>Open Enclave's evidence: a format id and what the format defines. Claims that come with a quote are its runtime data.</summary>
public static class OpenEnclaveEvidence
{
    private const string Format = "Open Enclave evidence";
    private const uint Version = 3;

    // Ids in text order, as the header has them.
    private static readonly Guid SgxEcdsa = new("a3a21e87-1b4d-4014-b70a-a125d2fbcd8c");
    private static readonly Guid LegacyReport = new("c8303454-d923-4c2c-a691-df7def460a76");
    private static readonly Guid RawSgxQuote = new("1923d91e-12d2-4c72-b220-25cd8dace871");
    private static readonly Guid TdxQuote = new("8ba70286-c1cf-11ed-afa1-0242ac120002");

    /// <summary>Whether the bytes begin as evidence of a format that <see cref="Parse"/> reads does.</summary>
    public static bool IsOne(ReadOnlySpan<byte> bytes) =>
        bytes.Length >= 20 && BinaryPrimitives.ReadUInt32LittleEndian(bytes) == Version
        && new Guid(bytes.Slice(4, 16), bigEndian: true) is var format && (format == SgxEcdsa || format == LegacyReport || format == RawSgxQuote || format == TdxQuote);

    /// <summary>Parses evidence with its header.</summary>
    /// <exception cref="MalformedException">
    /// It has another header, another length than the header says, a format that no other machine can verify, or no quote.
    /// </exception>
    public static QuoteEvidence Parse(ReadOnlySpan<byte> bytes)
    {
        var at = new ByteReader(Format, bytes);
        var version = at.UInt32("version");
        if (version != Version) throw new MalformedException(Format, "version", $"is {version}, expected {Version}", 0);
        var format = new Guid(at.Bytes("format id", 16), bigEndian: true);
        var size = at.UInt64("size");
        if (size != (ulong)at.Remaining) throw new MalformedException(Format, "size", $"is {size}, {at.Remaining} bytes follow", 20);
        var data = at.Bytes("data", at.Remaining);
        if (format == SgxEcdsa) return ParseSgxEcdsa(data);
        if (format == LegacyReport) return OpenEnclaveReport.Parse(data);
        if (format == RawSgxQuote) return SgxEvidence.Parse(data);
        if (format == TdxQuote) return TdxEvidence.Parse(data);
        throw new MalformedException(Format, "format id", $"is {format}, which is no format of remote evidence", 4);
    }

    /// <summary>Parses what the format SGX_ECDSA defines: a quote, then the custom claims that it binds, which may be none.</summary>
    /// <exception cref="MalformedException">It does not begin with a quote about an enclave.</exception>
    public static SgxEvidence ParseSgxEcdsa(ReadOnlySpan<byte> bytes)
    {
        var quote = Quote.Parse(bytes);
        return new SgxEvidence(quote) { RuntimeData = RuntimeData.OfBinary(bytes[quote.Bytes.Length..]) };
    }
}
