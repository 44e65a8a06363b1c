using Cove.Formats.Binary;
using Cove.Outcomes;

namespace Cove.Attestation.Snp;

/// <summary>The fields of an ATTESTATION_REPORT in their order, with the rules of each version (SEV-SNP ABI 7.3).</summary>
internal static class SnpReportLayout
{
    private const string Format = "SNP report";
    private const uint EcdsaP384Sha384 = 1;
    private const uint MitigationVersion = 5;
    private const uint CpuidVersion = 3;

    public static SnpReport Read(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length > SnpReport.Size) throw new MalformedException(Format, "length", $"is {bytes.Length} bytes, expected {SnpReport.Size}", SnpReport.Size);
        var at = new ByteReader(Format, bytes);
        var version = at.UInt32("VERSION");
        if (version is < 2 or > 5) throw new MalformedException(Format, "VERSION", $"is {version}, expected 2 to 5", 0);
        var guestSvn = at.UInt32("GUEST_SVN");
        var policy = ReadPolicy(ref at);
        at.Bytes("FAMILY_ID", 16);
        at.Bytes("IMAGE_ID", 16);
        var vmpl = at.UInt32("VMPL");
        if (vmpl is > 3 and not SnpReport.HostVmpl) throw new MalformedException(Format, "VMPL", $"is {vmpl}, expected 0 to 3", 0x30);
        var algorithm = at.UInt32("SIGNATURE_ALGO");
        if (algorithm != EcdsaP384Sha384) throw new MalformedException(Format, "SIGNATURE_ALGO", $"is {algorithm}, expected 1 (ECDSA P-384 with SHA-384)", 0x34);
        var currentTcb = at.UInt64("CURRENT_TCB");
        var platform = at.UInt64Flags("PLATFORM_INFO", PlatformInfo.Defined);
        var keys = at.UInt32Flags("KEY_INFO", 0x1F);
        at.Zero("reserved after KEY_INFO", 4);
        at.Bytes("REPORT_DATA", 64);
        at.Bytes("MEASUREMENT", 48);
        at.Bytes("HOST_DATA", 32);
        at.Bytes("ID_KEY_DIGEST", 48);
        at.Bytes("AUTHOR_KEY_DIGEST", 48);
        at.Bytes("REPORT_ID", 32);
        at.Bytes("REPORT_ID_MA", 32);
        var reportedTcb = at.UInt64("REPORTED_TCB");
        var (family, model, stepping) = ReadCpuid(ref at, version);
        at.Bytes("CHIP_ID", 64);
        var committedTcb = at.UInt64("COMMITTED_TCB");
        var current = ReadFirmware(ref at, "CURRENT");
        var committed = ReadFirmware(ref at, "COMMITTED");
        var launchTcb = at.UInt64("LAUNCH_TCB");
        var (launchMitigations, currentMitigations) = ReadMitigations(ref at, version);
        at.Zero("reserved before SIGNATURE", 152);
        ReadSignature(ref at);
        return new SnpReport(bytes.ToArray())
        {
            Version = version,
            GuestSvn = guestSvn,
            Policy = policy,
            Vmpl = vmpl,
            CurrentTcb = currentTcb,
            PlatformInfo = new PlatformInfo(platform),
            AuthorKeyEnabled = (keys & 1) != 0,
            ChipKeyMasked = (keys & 2) != 0,
            SigningKey = ReadSigningKey(keys),
            ReportedTcb = reportedTcb,
            CpuidFamily = family,
            CpuidModel = model,
            CpuidStepping = stepping,
            CommittedTcb = committedTcb,
            CurrentFirmware = current,
            CommittedFirmware = committed,
            LaunchTcb = launchTcb,
            LaunchMitigations = launchMitigations,
            CurrentMitigations = currentMitigations,
        };
    }

    private static GuestPolicy ReadPolicy(ref ByteReader at)
    {
        var offset = at.Offset;
        var policy = at.UInt64Flags("POLICY", GuestPolicy.Defined);
        return (policy & GuestPolicy.MustBeOne) != 0 ? new GuestPolicy(policy) : throw new MalformedException(Format, "POLICY", "has bit 17 clear, which must be one", offset);
    }

    private static SigningKey ReadSigningKey(uint keys) => (keys >> 2 & 7) switch
    {
        0 => SigningKey.Vcek,
        1 => SigningKey.Vlek,
        7 => SigningKey.None,
        var other => throw new MalformedException(Format, "KEY_INFO.SIGNING_KEY", $"is {other}, expected 0 (VCEK), 1 (VLEK) or 7 (none)", 0x48),
    };

    private static (byte Family, byte Model, byte Stepping) ReadCpuid(ref ByteReader at, uint version)
    {
        if (version < CpuidVersion)
        {
            at.Zero("reserved after REPORTED_TCB", 24);
            return default;
        }

        var cpuid = (at.UInt8("CPUID_FAM_ID"), at.UInt8("CPUID_MOD_ID"), at.UInt8("CPUID_STEP"));
        at.Zero("reserved after CPUID_STEP", 21);
        return cpuid;
    }

    private static FirmwareVersion ReadFirmware(ref ByteReader at, string which)
    {
        var (build, minor, major) = (at.UInt8(which + "_BUILD"), at.UInt8(which + "_MINOR"), at.UInt8(which + "_MAJOR"));
        at.Zero($"reserved after {which}_MAJOR", 1);
        return new FirmwareVersion(major, minor, build);
    }

    private static (ulong? Launch, ulong? Current) ReadMitigations(ref ByteReader at, uint version)
    {
        if (version >= MitigationVersion) return (at.UInt64("LAUNCH_MIT_VECTOR"), at.UInt64("CURRENT_MIT_VECTOR"));
        at.Zero("reserved after LAUNCH_TCB", 16);
        return default;
    }

    private static void ReadSignature(ref ByteReader at)
    {
        at.Bytes("SIGNATURE.R", SevSignature.ScalarSize);
        at.Zero("SIGNATURE.R above 48 bytes", SevSignature.ScalarSlot - SevSignature.ScalarSize);
        at.Bytes("SIGNATURE.S", SevSignature.ScalarSize);
        at.Zero("SIGNATURE.S above 48 bytes", SevSignature.ScalarSlot - SevSignature.ScalarSize);
        at.Zero("reserved after SIGNATURE.S", 368);
        at.End();
    }
}
