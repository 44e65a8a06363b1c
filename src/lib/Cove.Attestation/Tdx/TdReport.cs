using System.Security.Cryptography;
using Cove.Formats.Binary;
using Cove.Outcomes;

namespace Cove.Attestation.Tdx;

/// <summary>
/// A TDREPORT (TDX module ABI 3.4), as a trust domain gets it from its own module. Its MAC can be checked on the same machine only, so it
/// is no evidence to others; a quoting enclave makes a quote of it.
/// </summary>
public sealed class TdReport
{
    /// <summary>Size in bytes.</summary>
    public const int Size = 1024;

    private const string Format = "TDREPORT";
    private const byte TdxType = 0x81;
    private const int TcbInfoOffset = 256;
    private const int TcbInfoSize = 239;
    private const int TdInfoOffset = 512;
    private const int TdInfoSize = 512;
    private const int HashSize = 48;

    private readonly byte[] bytes;

    private TdReport(byte[] bytes, TdReportBody body)
    {
        this.bytes = bytes;
        Body = body;
    }

    /// <summary>All 1024 bytes.</summary>
    public ReadOnlyMemory<byte> Bytes => bytes;

    /// <summary>CPUSVN, 16 bytes.</summary>
    public ReadOnlySpan<byte> CpuSvn => bytes.AsSpan(16, 16);

    /// <summary>TEE_TCB_INFO_HASH, 48 bytes.</summary>
    public ReadOnlySpan<byte> TeeTcbInfoHash => bytes.AsSpan(32, HashSize);

    /// <summary>TEE_INFO_HASH, 48 bytes.</summary>
    public ReadOnlySpan<byte> TeeInfoHash => bytes.AsSpan(80, HashSize);

    /// <summary>MAC, 32 bytes, under a key that only this processor has.</summary>
    public ReadOnlySpan<byte> Mac => bytes.AsSpan(224, 32);

    /// <summary>What the report says, in the layout in which a quote of TDX 1.5 says it.</summary>
    public TdReportBody Body { get; }

    /// <summary>Parses a report, and checks that its hashes are over the structures that it carries.</summary>
    /// <exception cref="MalformedException">
    /// It has not exactly <see cref="Size"/> bytes, another type, a reserved field set, or a hash of something else.
    /// </exception>
    public static TdReport Parse(ReadOnlySpan<byte> report)
    {
        if (report.Length != Size)
            throw new MalformedException(Format, "length", $"is {report.Length} bytes, expected {Size}", Math.Min(report.Length, Size));
        var at = new ByteReader(Format, report);
        var type = at.UInt8("REPORTTYPE.TYPE");
        if (type != TdxType) throw new MalformedException(Format, "REPORTTYPE.TYPE", $"is 0x{type:x2}, expected 0x81 (TDX)", 0);
        var (subtype, version) = (at.UInt8("REPORTTYPE.SUBTYPE"), at.UInt8("REPORTTYPE.VERSION"));
        if (subtype != 0) throw new MalformedException(Format, "REPORTTYPE.SUBTYPE", $"is {subtype}, expected 0", 1);
        if (version > 1) throw new MalformedException(Format, "REPORTTYPE.VERSION", $"is {version}, expected 0 (TDX 1.0) or 1 (TDX 1.5)", 2);
        at.Zero("reserved in REPORTTYPE", 1);
        at.Zero("reserved after REPORTTYPE", 12);
        at.Bytes("CPUSVN", 16);
        CheckHash("TEE_TCB_INFO_HASH", at.Bytes("TEE_TCB_INFO_HASH", HashSize), report.Slice(TcbInfoOffset, TcbInfoSize), 32);
        CheckHash("TEE_INFO_HASH", at.Bytes("TEE_INFO_HASH", HashSize), report.Slice(TdInfoOffset, TdInfoSize), 80);
        at.Bytes("REPORTDATA", ReportData.Size);
        at.Zero("reserved after REPORTDATA", 32);
        at.Bytes("MAC", 32);
        at.Bytes("TEE_TCB_INFO", TcbInfoSize);
        at.Zero("reserved after TEE_TCB_INFO", TdInfoOffset - TcbInfoOffset - TcbInfoSize);
        return new TdReport(report.ToArray(), Compose(report, version));
    }

    private static void CheckHash(string field, ReadOnlySpan<byte> hash, ReadOnlySpan<byte> data, int offset)
    {
        if (!hash.SequenceEqual(SHA384.HashData(data)))
            throw new MalformedException(Format, field, "is not the hash of what the report carries", offset);
    }

    private static TdReportBody Compose(ReadOnlySpan<byte> report, byte version)
    {
        var tcb = report[TcbInfoOffset..];
        var info = report[TdInfoOffset..];
        byte[] body =
        [
            .. tcb.Slice(8, 16 + 48 + 48 + 8),                       // TEE_TCB_SVN, MRSEAM, MRSIGNERSEAM, ATTRIBUTES
            .. info[..(8 + 8 + 8 * 48)],                             // ATTRIBUTES, XFAM, MRTD to RTMR3
            .. report.Slice(128, ReportData.Size),
            .. version == 0 ? default : tcb.Slice(128, 16),          // TEE_TCB_SVN2
            .. version == 0 ? default : info.Slice(400, 48),         // SERVTD_HASH
        ];
        var at = new ByteReader(Format, body);
        return TdReportBody.Read(ref at, body, body.Length);
    }
}
