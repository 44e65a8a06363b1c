using System.Buffers.Binary;
using Cove.Attestation.Dcap;
using Cove.Formats.Binary;
using Cove.Outcomes;

namespace Cove.Attestation.OpenEnclave;

/// <summary>Open Enclave's report: 16 bytes of header before a quote. MAA's <c>POST /attest/OpenEnclave</c> takes it.</summary>
public static class OpenEnclaveReport
{
    private const string Format = "Open Enclave report";
    private const uint Version = 1;
    private const uint RemoteType = 2;

    /// <summary>Whether bytes begin as a remote report does; a quote never does.</summary>
    public static bool IsOne(ReadOnlySpan<byte> bytes) =>
        bytes.Length >= 8 && BinaryPrimitives.ReadUInt32LittleEndian(bytes) == Version && BinaryPrimitives.ReadUInt32LittleEndian(bytes[4..]) == RemoteType;

    /// <summary>Parses a report.</summary>
    /// <exception cref="MalformedException">
    /// It has another header, another length than the header says, is for the same machine only, or holds no quote.
    /// </exception>
    public static QuoteEvidence Parse(ReadOnlySpan<byte> bytes)
    {
        var at = new ByteReader(Format, bytes);
        var version = at.UInt32("version");
        if (version != Version) throw new MalformedException(Format, "version", $"is {version}, expected {Version}", 0);
        var type = at.UInt32("type");
        if (type != RemoteType) throw new MalformedException(Format, "type", $"is {type}, expected {RemoteType} (remote)", 4);
        var size = at.UInt64("size");
        if (size != (ulong)at.Remaining) throw new MalformedException(Format, "size", $"is {size}, {at.Remaining} bytes follow", 8);
        return QuoteEvidence.Parse(at.Bytes("quote", at.Remaining));
    }
}
