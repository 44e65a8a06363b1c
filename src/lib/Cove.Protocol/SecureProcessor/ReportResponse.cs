using System.Buffers.Binary;
using Cove.Outcomes;

namespace Cove.Protocol.SecureProcessor;

/// <summary>
/// MSG_REPORT_RSP (SEV-SNP ABI 7.3): status u32, report size u32, 24 reserved bytes, then an ATTESTATION_REPORT of 1184 bytes.
/// Guest drivers hand it over in a buffer of 1280 bytes whose rest is zero.
/// </summary>
public sealed class ReportResponse
{
    /// <summary>The message type, as the firmware numbers it.</summary>
    public const uint MessageType = 6;

    /// <summary>Bytes of the whole message with its padding.</summary>
    public const int Size = 1280;

    /// <summary>Bytes of an ATTESTATION_REPORT.</summary>
    public const int ReportSize = 1184;

    /// <summary>The status of an answer that carries a report.</summary>
    public const uint Success = 0;

    /// <summary>The status the firmware gives for parameters it does not accept.</summary>
    public const uint InvalidParameters = 0x16;

    private const string Format = "MSG_REPORT_RSP";
    private const int SizeOffset = 4;
    private const int ReservedOffset = 8;
    private const int ReportOffset = 32;

    private readonly byte[] report;

    private ReportResponse(uint status, byte[] report) => (Status, this.report) = (status, report);

    /// <summary><see cref="Success"/>, or why there is no report.</summary>
    public uint Status { get; }

    /// <summary>The ATTESTATION_REPORT, <see cref="ReportSize"/> bytes; empty unless <see cref="Status"/> is <see cref="Success"/>.</summary>
    public ReadOnlyMemory<byte> Report => report;

    /// <summary>An answer with a report.</summary>
    /// <exception cref="MalformedException">The report is not <see cref="ReportSize"/> bytes.</exception>
    public static ReportResponse Of(ReadOnlySpan<byte> report)
    {
        if (report.Length != ReportSize)
            throw new MalformedException(Format, "ATTESTATION_REPORT", $"is {report.Length} bytes, expected {ReportSize}", ReportOffset);
        return new ReportResponse(Success, report.ToArray());
    }

    /// <summary>An answer without a report.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The status is <see cref="Success"/>.</exception>
    public static ReportResponse Failed(uint status)
    {
        ArgumentOutOfRangeException.ThrowIfEqual(status, Success);
        return new ReportResponse(status, []);
    }

    /// <summary>Reads a message. Does not look into the report.</summary>
    /// <exception cref="MalformedException">Wrong size, wrong report size for the status, or non-zero bytes where the format has none.</exception>
    public static ReportResponse Parse(ReadOnlySpan<byte> message)
    {
        if (message.Length != Size) throw new MalformedException(Format, "message", $"is {message.Length} bytes, expected {Size}");
        var status = BinaryPrimitives.ReadUInt32LittleEndian(message);
        var size = BinaryPrimitives.ReadUInt32LittleEndian(message[SizeOffset..]);
        if (message[ReservedOffset..ReportOffset].ContainsAnyExcept((byte)0))
            throw new MalformedException(Format, "reserved bytes", "are not zero", ReservedOffset);
        if (status != Success) return Failed(status);
        if (size != ReportSize) throw new MalformedException(Format, "REPORT_SIZE", $"is {size}, expected {ReportSize}", SizeOffset);
        if (message[(ReportOffset + ReportSize)..].ContainsAnyExcept((byte)0))
            throw new MalformedException(Format, "padding", "is not zero", ReportOffset + ReportSize);
        return Of(message.Slice(ReportOffset, ReportSize));
    }

    /// <summary>The message: <see cref="Size"/> bytes.</summary>
    public byte[] Encode()
    {
        var message = new byte[Size];
        BinaryPrimitives.WriteUInt32LittleEndian(message, Status);
        BinaryPrimitives.WriteUInt32LittleEndian(message.AsSpan(SizeOffset), (uint)report.Length);
        report.CopyTo(message, ReportOffset);
        return message;
    }
}
