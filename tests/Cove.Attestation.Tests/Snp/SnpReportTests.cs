using System.Buffers.Binary;
using Cove.Attestation.Snp;
using Cove.Attestation.Tests.Simulation;
using Cove.Outcomes;
using Cove.Runtime.Simulation;

namespace Cove.Attestation.Tests.Snp;

public sealed class SnpReportTests(SimulatedAuthorityFixture simulated)
{
    [Fact]
    public void Reads_each_field_at_its_place()
    {
        var report = SnpReport.Parse(Made());
        Assert.Equal(3u, report.Version);
        Assert.Equal(0x3001FUL, report.Policy.Value);
        Assert.True(report.Policy.SmtAllowed);
        Assert.Equal(2u, report.Vmpl);
        Assert.Equal(SigningKey.Vcek, report.SigningKey);
        Assert.Equal(Enumerable.Repeat((byte)0xD0, 64), report.ReportData.Bytes.ToArray());
        Assert.Equal(Enumerable.Repeat((byte)0xAA, 48), report.Measurement.ToArray());
        Assert.Equal(Enumerable.Repeat((byte)0xBB, 32), report.HostData.ToArray());
        Assert.Equal(SimulatedChip.CurrentTcb, TcbVersion.Parse(report.ReportedTcb, SnpProduct.Simulated, "REPORTED_TCB"));
        Assert.Equal("1.55.0", report.CurrentFirmware.ToString());
        Assert.Null(report.LaunchMitigations);
        Assert.True(report.PlatformInfo.AliasCheckComplete);
    }

    [Theory]
    [InlineData(0, "VERSION", 0)]
    [InlineData(1, "VERSION", 0)]
    [InlineData(150, "MEASUREMENT", 0x90)]
    [InlineData(1183, "reserved after SIGNATURE.S", 0x330)]
    [InlineData(1185, "length", 1184)]
    public void Refuses_any_other_length_and_says_where(int length, string field, int offset)
    {
        var bytes = Made();
        Array.Resize(ref bytes, length);
        var malformed = Assert.Throws<MalformedException>(() => SnpReport.Parse(bytes));
        Assert.Equal((field, offset), (malformed.Field, malformed.Offset));
    }

    [Theory]
    [InlineData(0u)]
    [InlineData(1u)]
    [InlineData(6u)]
    [InlineData(0x03000000u)]
    public void Refuses_a_version_it_does_not_know(uint version)
    {
        var bytes = Made();
        BinaryPrimitives.WriteUInt32LittleEndian(bytes, version);
        Assert.Equal("VERSION", Assert.Throws<MalformedException>(() => SnpReport.Parse(bytes)).Field);
    }

    [Theory]
    [InlineData(0x0B, 0x04, "POLICY")]
    [InlineData(0x0F, 0x80, "POLICY")]
    [InlineData(0x30, 0x04, "VMPL")]
    [InlineData(0x34, 0x02, "SIGNATURE_ALGO")]
    [InlineData(0x41, 0x01, "PLATFORM_INFO")]
    [InlineData(0x48, 0x20, "KEY_INFO")]
    [InlineData(0x48, 0x08, "KEY_INFO.SIGNING_KEY")]
    [InlineData(0x4C, 0x01, "reserved after KEY_INFO")]
    [InlineData(0x18B, 0x01, "reserved after CPUID_STEP")]
    [InlineData(0x19F, 0x80, "reserved after CPUID_STEP")]
    [InlineData(0x1EB, 0x01, "reserved after CURRENT_MAJOR")]
    [InlineData(0x1EF, 0x01, "reserved after COMMITTED_MAJOR")]
    [InlineData(0x1F8, 0x01, "reserved after LAUNCH_TCB")]
    [InlineData(0x208, 0x01, "reserved before SIGNATURE")]
    [InlineData(0x29F, 0x01, "reserved before SIGNATURE")]
    [InlineData(0x2A0 + 48, 0x01, "SIGNATURE.R above 48 bytes")]
    [InlineData(0x2E8 + 71, 0x01, "SIGNATURE.S above 48 bytes")]
    [InlineData(0x49F, 0x01, "reserved after SIGNATURE.S")]
    public void Refuses_reserved_bits_that_are_set(int offset, byte bits, string field)
    {
        var bytes = Made();
        bytes[offset] ^= bits;
        var malformed = Assert.Throws<MalformedException>(() => SnpReport.Parse(bytes));
        Assert.Equal(field, malformed.Field);
        Assert.InRange(malformed.Offset!.Value, offset - 7, offset);
    }

    [Fact]
    public void Refuses_a_policy_whose_bit_17_is_clear()
    {
        var bytes = Made();
        bytes[0x0A] &= 0xFD;
        Assert.Equal("POLICY", Assert.Throws<MalformedException>(() => SnpReport.Parse(bytes)).Field);
    }

    [Fact]
    public void Version_5_has_mitigation_vectors_where_earlier_ones_have_zeros()
    {
        var bytes = Made();
        bytes[0] = 5;
        BinaryPrimitives.WriteUInt64LittleEndian(bytes.AsSpan(0x1F8), 63);
        BinaryPrimitives.WriteUInt64LittleEndian(bytes.AsSpan(0x200), 127);
        var report = SnpReport.Parse(bytes);
        Assert.Equal((63ul, 127ul), (report.LaunchMitigations, report.CurrentMitigations));
    }

    [Fact]
    public void Version_2_has_zeros_where_later_ones_have_the_processor()
    {
        var bytes = Made();
        bytes[0] = 2;
        Assert.Equal("reserved after REPORTED_TCB", Assert.Throws<MalformedException>(() => SnpReport.Parse(bytes)).Field);
        bytes[0x188] = 0;
        Assert.Equal(2u, SnpReport.Parse(bytes).Version);
    }

    private byte[] Made()
    {
        var launch = new SimulatedLaunch(Enumerable.Repeat((byte)0xAA, 48).ToArray(), Enumerable.Repeat((byte)0xBB, 32).ToArray(), SimulatedLaunch.ContainerGroupPolicy);
        return SimulatedProcessor.Launch(simulated.Chip, launch).GetReport(Enumerable.Repeat((byte)0xD0, 64).ToArray(), vmpl: 2);
    }
}
