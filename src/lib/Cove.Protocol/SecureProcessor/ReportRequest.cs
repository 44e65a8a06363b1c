using System.Buffers.Binary;
using Cove.Outcomes;

namespace Cove.Protocol.SecureProcessor;

/// <summary>
/// MSG_REPORT_REQ (SEV-SNP ABI 7.3, table "MSG_REPORT_REQ"): 64 bytes of report data, the VMPL as u32, 28 reserved bytes that are zero.
/// </summary>
public sealed class ReportRequest : IProcessorRequest
{
    /// <summary>The message type, as the firmware numbers it.</summary>
    public const uint MessageType = 5;

    /// <summary>Bytes of the whole message.</summary>
    public const int Size = 96;

    /// <summary>Bytes of report data: the caller gives exactly this many, nothing is padded.</summary>
    public const int ReportDataSize = 64;

    /// <summary>The least privileged level a report can be asked for.</summary>
    public const uint HighestVmpl = 3;

    private const string Format = "MSG_REPORT_REQ";
    private const int VmplOffset = 64;
    private const int ReservedOffset = 68;

    private readonly byte[] reportData;

    /// <summary>Asks for a report over this report data.</summary>
    /// <param name="reportData">Exactly <see cref="ReportDataSize"/> bytes; copied.</param>
    /// <param name="vmpl">The privilege level that the report shall name, 0 to <see cref="HighestVmpl"/>.</param>
    /// <exception cref="MalformedException">The report data has another size or the level does not exist.</exception>
    public ReportRequest(ReadOnlySpan<byte> reportData, uint vmpl = 0)
    {
        if (reportData.Length != ReportDataSize)
            throw new MalformedException(Format, "REPORT_DATA", $"is {reportData.Length} bytes, expected {ReportDataSize}", 0);
        if (vmpl > HighestVmpl)
            throw new MalformedException(Format, "VMPL", $"is {vmpl}, expected at most {HighestVmpl}", VmplOffset);
        this.reportData = reportData.ToArray();
        Vmpl = vmpl;
    }

    /// <inheritdoc/>
    public uint Type => MessageType;

    /// <summary>The 64 bytes that the report will carry.</summary>
    public ReadOnlyMemory<byte> ReportData => reportData;

    /// <summary>The privilege level that the report shall name.</summary>
    public uint Vmpl { get; }

    /// <summary>Reads a message.</summary>
    /// <exception cref="MalformedException">It is not <see cref="Size"/> bytes, names no existing level or has non-zero reserved bytes.</exception>
    public static ReportRequest Parse(ReadOnlySpan<byte> message)
    {
        if (message.Length != Size) throw new MalformedException(Format, "message", $"is {message.Length} bytes, expected {Size}");
        if (message[ReservedOffset..].ContainsAnyExcept((byte)0))
            throw new MalformedException(Format, "reserved bytes", "are not zero", ReservedOffset);
        return new ReportRequest(message[..ReportDataSize], BinaryPrimitives.ReadUInt32LittleEndian(message[VmplOffset..]));
    }

    /// <summary>The message: <see cref="Size"/> bytes.</summary>
    public byte[] Encode()
    {
        var message = new byte[Size];
        reportData.CopyTo(message, 0);
        BinaryPrimitives.WriteUInt32LittleEndian(message.AsSpan(VmplOffset), Vmpl);
        return message;
    }
}
