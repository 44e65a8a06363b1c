using Cove.Formats.Binary;

namespace Cove.Attestation.Tdx;

/// <summary>The body of a TD quote (TDX 1.0: 584 bytes; TDX 1.5: 648): what the TDX module says about a trust domain.</summary>
public sealed class TdReportBody
{
    /// <summary>Size of a TDX 1.0 body in bytes.</summary>
    public const int Size10 = 584;

    /// <summary>Size of a TDX 1.5 body in bytes.</summary>
    public const int Size15 = 648;

    /// <summary>How many run-time measurement registers there are.</summary>
    public const int RtmrCount = 4;

    private readonly byte[] bytes;

    private TdReportBody(byte[] bytes, TdAttributes attributes, ulong xfam)
    {
        this.bytes = bytes;
        Attributes = attributes;
        Xfam = xfam;
    }

    /// <summary>All its bytes.</summary>
    public ReadOnlyMemory<byte> Bytes => bytes;

    /// <summary>
    /// TEE_TCB_SVN, 16 bytes: security versions of TDX when the domain was launched; byte 0 the module's, byte 1 its major version.
    /// </summary>
    public ReadOnlySpan<byte> TeeTcbSvn => bytes.AsSpan(0, 16);

    /// <summary>MRSEAM, 48 bytes: the measurement of the TDX module.</summary>
    public ReadOnlySpan<byte> MrSeam => bytes.AsSpan(16, 48);

    /// <summary>MRSIGNERSEAM, 48 bytes: the module's signer; zero for Intel.</summary>
    public ReadOnlySpan<byte> MrSignerSeam => bytes.AsSpan(64, 48);

    /// <summary>SEAMATTRIBUTES, 8 bytes.</summary>
    public ReadOnlySpan<byte> SeamAttributes => bytes.AsSpan(112, 8);

    /// <summary>TDATTRIBUTES.</summary>
    public TdAttributes Attributes { get; }

    /// <summary>TDATTRIBUTES as they stand in the body, 8 bytes.</summary>
    public ReadOnlySpan<byte> AttributeBytes => bytes.AsSpan(120, 8);

    /// <summary>XFAM: the processor state components the domain may use.</summary>
    public ulong Xfam { get; }

    /// <summary>XFAM as it stands in the body, 8 bytes.</summary>
    public ReadOnlySpan<byte> XfamBytes => bytes.AsSpan(128, 8);

    /// <summary>MRTD, 48 bytes: the measurement of the domain as it was built.</summary>
    public ReadOnlySpan<byte> MrTd => bytes.AsSpan(136, 48);

    /// <summary>MRCONFIGID, 48 bytes that the host gave at launch.</summary>
    public ReadOnlySpan<byte> MrConfigId => bytes.AsSpan(184, 48);

    /// <summary>MROWNER, 48 bytes.</summary>
    public ReadOnlySpan<byte> MrOwner => bytes.AsSpan(232, 48);

    /// <summary>MROWNERCONFIG, 48 bytes.</summary>
    public ReadOnlySpan<byte> MrOwnerConfig => bytes.AsSpan(280, 48);

    /// <summary>REPORTDATA, 64 bytes that the domain chose.</summary>
    public ReportData ReportData => new(bytes.AsSpan(520, ReportData.Size));

    /// <summary>Whether it is of TDX 1.5: <see cref="TeeTcbSvn2"/> and <see cref="MrServiceTd"/> are there.</summary>
    public bool IsTdx15 => bytes.Length == Size15;

    /// <summary>TEE_TCB_SVN2, 16 bytes: security versions of TDX as it runs now; empty in TDX 1.0.</summary>
    public ReadOnlySpan<byte> TeeTcbSvn2 => IsTdx15 ? bytes.AsSpan(584, 16) : default;

    /// <summary>MRSERVICETD, 48 bytes: the service domains bound to this one, zero for none; empty in TDX 1.0.</summary>
    public ReadOnlySpan<byte> MrServiceTd => IsTdx15 ? bytes.AsSpan(600, 48) : default;

    /// <summary>RTMR, 48 bytes: a run-time measurement register.</summary>
    /// <param name="index">0 to 3.</param>
    public ReadOnlySpan<byte> Rtmr(int index)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(index);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(index, RtmrCount);
        return bytes.AsSpan(328 + 48 * index, 48);
    }

    internal static TdReportBody Read(ref ByteReader at, ReadOnlySpan<byte> whole, int size)
    {
        var start = at.Offset;
        at.Bytes("TEE_TCB_SVN to SEAMATTRIBUTES", 120);
        var attributes = new TdAttributes(at.UInt64("TDATTRIBUTES"));
        var xfam = at.UInt64("XFAM");
        at.Bytes("MRTD to RTMR3", 8 * 48);
        at.Bytes("REPORTDATA", ReportData.Size);
        if (size == Size15) at.Bytes("TEE_TCB_SVN2, MRSERVICETD", Size15 - Size10);
        return new TdReportBody(whole.Slice(start, size).ToArray(), attributes, xfam);
    }
}
