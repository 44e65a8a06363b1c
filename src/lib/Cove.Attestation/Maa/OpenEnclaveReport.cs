using System.Buffers.Binary;
using Cove.Outcomes;

namespace Cove.Attestation.Maa;

/// <summary>The header that the Open Enclave SDK puts before a quote: version, type and size.</summary>
internal static class OpenEnclaveReport
{
    private const string Format = "Open Enclave report";
    private const int HeaderSize = 16;
    private const uint Version = 1;
    private const uint Remote = 2;

    /// <summary>The quote in a report.</summary>
    /// <exception cref="MalformedException">It has no such header, is for use on the same machine only, or is not as long as it says.</exception>
    public static ReadOnlySpan<byte> Quote(ReadOnlySpan<byte> report)
    {
        if (report.Length < HeaderSize) throw new MalformedException(Format, "header", $"is {report.Length} bytes, expected {HeaderSize}", 0);
        var version = BinaryPrimitives.ReadUInt32LittleEndian(report);
        if (version != Version) throw new MalformedException(Format, "version", $"is {version}, expected {Version}", 0);
        var type = BinaryPrimitives.ReadUInt32LittleEndian(report[4..]);
        if (type != Remote) throw new MalformedException(Format, "type", $"is {type}, expected {Remote}, a report for others", 4);
        var size = BinaryPrimitives.ReadUInt64LittleEndian(report[8..]);
        var quote = report[HeaderSize..];
        return size == (ulong)quote.Length ? quote : throw new MalformedException(Format, "size", $"is {size}, and {quote.Length} bytes follow", 8);
    }
}
