using Cove.Formats.Binary;
using Cove.Outcomes;

namespace Cove.Attestation.Sgx;

/// <summary>The body of an SGX REPORT (Intel SDM 34.15, without key id and MAC): what the processor says about an enclave.</summary>
public sealed class SgxReportBody
{
    /// <summary>Size in bytes.</summary>
    public const int Size = 384;

    private readonly byte[] bytes;

    private SgxReportBody(byte[] bytes, uint miscSelect, SgxAttributes attributes, ushort isvProdId, ushort isvSvn, ushort configSvn)
    {
        this.bytes = bytes;
        MiscSelect = miscSelect;
        Attributes = attributes;
        IsvProdId = isvProdId;
        IsvSvn = isvSvn;
        ConfigSvn = configSvn;
    }

    /// <summary>All 384 bytes.</summary>
    public ReadOnlyMemory<byte> Bytes => bytes;

    /// <summary>CPUSVN, 16 bytes: security version of the processor, comparable by the PCK certificate's owner only.</summary>
    public ReadOnlySpan<byte> CpuSvn => bytes.AsSpan(0, 16);

    /// <summary>MISCSELECT: which information the enclave gets of its exceptions.</summary>
    public uint MiscSelect { get; }

    /// <summary>ISVEXTPRODID, 16 bytes; zero without KSS.</summary>
    public ReadOnlySpan<byte> IsvExtendedProductId => bytes.AsSpan(32, 16);

    /// <summary>ATTRIBUTES.</summary>
    public SgxAttributes Attributes { get; }

    /// <summary>ATTRIBUTES as they stand in the report, 16 bytes.</summary>
    public ReadOnlySpan<byte> AttributeBytes => bytes.AsSpan(48, 16);

    /// <summary>MRENCLAVE, 32 bytes: the measurement of the enclave.</summary>
    public ReadOnlySpan<byte> MrEnclave => bytes.AsSpan(64, 32);

    /// <summary>MRSIGNER, 32 bytes: SHA-256 of the modulus of the key that signed the enclave.</summary>
    public ReadOnlySpan<byte> MrSigner => bytes.AsSpan(128, 32);

    /// <summary>CONFIGID, 64 bytes; zero without KSS.</summary>
    public ReadOnlySpan<byte> ConfigId => bytes.AsSpan(192, 64);

    /// <summary>ISVPRODID: which of the signer's products it is.</summary>
    public ushort IsvProdId { get; }

    /// <summary>ISVSVN: its security version.</summary>
    public ushort IsvSvn { get; }

    /// <summary>CONFIGSVN; zero without KSS.</summary>
    public ushort ConfigSvn { get; }

    /// <summary>ISVFAMILYID, 16 bytes; zero without KSS.</summary>
    public ReadOnlySpan<byte> IsvFamilyId => bytes.AsSpan(304, 16);

    /// <summary>REPORTDATA, 64 bytes that the enclave chose.</summary>
    public ReportData ReportData => new(bytes.AsSpan(320, ReportData.Size));

    /// <summary>Parses a body.</summary>
    /// <exception cref="MalformedException">It has not exactly <see cref="Size"/> bytes, or a reserved field is set.</exception>
    public static SgxReportBody Parse(ReadOnlySpan<byte> body)
    {
        var at = new ByteReader("SGX report body", body);
        var read = Read(ref at, body, "");
        at.End();
        return read;
    }

    /// <summary>Reads a body out of a larger structure, so that errors name their place in that.</summary>
    internal static SgxReportBody Read(ref ByteReader at, ReadOnlySpan<byte> whole, string prefix)
    {
        var start = at.Offset;
        at.Bytes(prefix + "CPUSVN", 16);
        var miscSelect = at.UInt32(prefix + "MISCSELECT");
        at.Zero(prefix + "reserved after MISCSELECT", 12);
        at.Bytes(prefix + "ISVEXTPRODID", 16);
        var attributes = new SgxAttributes(at.UInt64(prefix + "ATTRIBUTES"), at.UInt64(prefix + "XFRM"));
        at.Bytes(prefix + "MRENCLAVE", 32);
        at.Zero(prefix + "reserved after MRENCLAVE", 32);
        at.Bytes(prefix + "MRSIGNER", 32);
        at.Zero(prefix + "reserved after MRSIGNER", 32);
        at.Bytes(prefix + "CONFIGID", 64);
        var isvProdId = at.UInt16(prefix + "ISVPRODID");
        var isvSvn = at.UInt16(prefix + "ISVSVN");
        var configSvn = at.UInt16(prefix + "CONFIGSVN");
        at.Zero(prefix + "reserved after CONFIGSVN", 42);
        at.Bytes(prefix + "ISVFAMILYID", 16);
        at.Bytes(prefix + "REPORTDATA", ReportData.Size);
        return new SgxReportBody(whole.Slice(start, Size).ToArray(), miscSelect, attributes, isvProdId, isvSvn, configSvn);
    }
}
