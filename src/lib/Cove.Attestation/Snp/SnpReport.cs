using Cove.Outcomes;

namespace Cove.Attestation.Snp;

/// <summary>
/// An ATTESTATION_REPORT (SEV-SNP ABI 7.3), versions 2 to 5. Parsing checks the layout only: whether a processor made it is
/// for <see cref="EvidenceVerifier"/> to say.
/// </summary>
public sealed class SnpReport
{
    /// <summary>Size in bytes.</summary>
    public const int Size = 0x4A0;

    /// <summary>How many bytes, from the start, the signature covers.</summary>
    public const int SignedSize = 0x2A0;

    /// <summary>VMPL of a report that the host, not the guest, asked for.</summary>
    public const uint HostVmpl = 0xFFFF_FFFF;

    private readonly byte[] _bytes;

    internal SnpReport(byte[] bytes) => _bytes = bytes;

    /// <summary>All 1184 bytes.</summary>
    public ReadOnlyMemory<byte> Bytes => _bytes;

    /// <summary>VERSION, 2 to 5.</summary>
    public required uint Version { get; init; }

    /// <summary>GUEST_SVN, from the ID block.</summary>
    public required uint GuestSvn { get; init; }

    /// <summary>POLICY.</summary>
    public required GuestPolicy Policy { get; init; }

    /// <summary>VMPL for which the report was made: 0 (most privileged) to 3, or <see cref="HostVmpl"/>.</summary>
    public required uint Vmpl { get; init; }

    /// <summary>CURRENT_TCB, raw; its layout depends on the product.</summary>
    public required ulong CurrentTcb { get; init; }

    /// <summary>PLATFORM_INFO.</summary>
    public required PlatformInfo PlatformInfo { get; init; }

    /// <summary>KEY_INFO.AUTHOR_KEY_EN: the ID key was signed by an author key.</summary>
    public required bool AuthorKeyEnabled { get; init; }

    /// <summary>KEY_INFO.MASK_CHIP_KEY: the chip may not sign with its own key; the signature is zero then.</summary>
    public required bool ChipKeyMasked { get; init; }

    /// <summary>KEY_INFO.SIGNING_KEY.</summary>
    public required SigningKey SigningKey { get; init; }

    /// <summary>REPORTED_TCB, raw: what the endorsement key was derived for.</summary>
    public required ulong ReportedTcb { get; init; }

    /// <summary>CPUID family, combined; zero in version 2.</summary>
    public required byte CpuidFamily { get; init; }

    /// <summary>CPUID model, combined; zero in version 2.</summary>
    public required byte CpuidModel { get; init; }

    /// <summary>CPUID stepping; zero in version 2.</summary>
    public required byte CpuidStepping { get; init; }

    /// <summary>COMMITTED_TCB, raw: the platform cannot go back below it.</summary>
    public required ulong CommittedTcb { get; init; }

    /// <summary>Firmware that runs now.</summary>
    public required FirmwareVersion CurrentFirmware { get; init; }

    /// <summary>Firmware that was committed.</summary>
    public required FirmwareVersion CommittedFirmware { get; init; }

    /// <summary>LAUNCH_TCB, raw: the TCB when the guest was launched or imported.</summary>
    public required ulong LaunchTcb { get; init; }

    /// <summary>LAUNCH_MIT_VECTOR: mitigations present at launch; null before version 5.</summary>
    public required ulong? LaunchMitigations { get; init; }

    /// <summary>CURRENT_MIT_VECTOR: mitigations present now; null before version 5.</summary>
    public required ulong? CurrentMitigations { get; init; }

    /// <summary>FAMILY_ID, 16 bytes, from the ID block.</summary>
    public ReadOnlySpan<byte> FamilyId => _bytes.AsSpan(0x10, 16);

    /// <summary>IMAGE_ID, 16 bytes, from the ID block.</summary>
    public ReadOnlySpan<byte> ImageId => _bytes.AsSpan(0x20, 16);

    /// <summary>REPORT_DATA, 64 bytes that the guest chose.</summary>
    public ReportData ReportData => new(_bytes.AsSpan(0x50, ReportData.Size));

    /// <summary>MEASUREMENT, 48 bytes: the launch digest.</summary>
    public ReadOnlySpan<byte> Measurement => _bytes.AsSpan(0x90, 48);

    /// <summary>HOST_DATA, 32 bytes that the host gave at launch; a container group's policy hash.</summary>
    public ReadOnlySpan<byte> HostData => _bytes.AsSpan(0xC0, 32);

    /// <summary>ID_KEY_DIGEST, 48 bytes.</summary>
    public ReadOnlySpan<byte> IdKeyDigest => _bytes.AsSpan(0xE0, 48);

    /// <summary>AUTHOR_KEY_DIGEST, 48 bytes.</summary>
    public ReadOnlySpan<byte> AuthorKeyDigest => _bytes.AsSpan(0x110, 48);

    /// <summary>REPORT_ID, 32 bytes: this guest instance.</summary>
    public ReadOnlySpan<byte> ReportId => _bytes.AsSpan(0x140, 32);

    /// <summary>REPORT_ID_MA, 32 bytes: its migration agent, all ones where there is none.</summary>
    public ReadOnlySpan<byte> MigrationAgentReportId => _bytes.AsSpan(0x160, 32);

    /// <summary>CHIP_ID, 64 bytes; zero where the host masks it. Turin uses the first 8.</summary>
    public ReadOnlySpan<byte> ChipId => _bytes.AsSpan(0x1A0, 64);

    /// <summary>The bytes that the signature covers.</summary>
    public ReadOnlySpan<byte> Signed => _bytes.AsSpan(0, SignedSize);

    /// <summary>The ECDSA P-384 signature as <c>r || s</c>, both 48 bytes big-endian (IEEE P1363), as .NET takes it.</summary>
    public byte[] Signature() => SevSignature.ToP1363(_bytes.AsSpan(SignedSize));

    /// <summary>Parses a report.</summary>
    /// <exception cref="MalformedException">
    /// It has not exactly <see cref="Size"/> bytes, is of an unknown version or signature algorithm, or a reserved field is set.
    /// </exception>
    public static SnpReport Parse(ReadOnlySpan<byte> bytes) => SnpReportLayout.Read(bytes);
}
