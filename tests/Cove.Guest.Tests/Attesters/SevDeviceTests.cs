using Cove.Guest.Attesters;
using Cove.Outcomes;

namespace Cove.Guest.Tests.Attesters;

/// <summary>The two guest devices: the ioctl structures byte for byte as the kernel reads them, and every answer that is not a report.</summary>
public sealed class SevDeviceTests : IDisposable
{
    private readonly TemporaryFolder folder = new();
    private readonly string device;

    public SevDeviceTests() => device = folder.File("sev");

    public static TheoryData<bool> Both => [true, false];

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task The_mainline_device_is_asked_with_its_32_byte_structure()
    {
        var firmware = new FakeFirmware();

        var evidence = await new SevGuestAttester(device, firmware.Mainline).GetEvidenceAsync(FakeFirmware.Data);

        Assert.Equal(0xC0205300u, firmware.Request);
        Assert.Equal([1, 0, 0, 0, 0, 0, 0, 0], firmware.Argument[..8]);
        Assert.Equal(new byte[8], firmware.Argument[24..]);
        Assert.Equal([.. FakeFirmware.Data.Bytes, .. new byte[32]], firmware.Message);
        Assert.Equal(EvidenceFormat.SnpReport, evidence.Format);
        Assert.Equal(FakeFirmware.Report(FakeFirmware.Data.Bytes), evidence.Bytes.ToArray());
    }

    [Theory]
    [InlineData(100)]
    [InlineData(20_000)] // More than the first buffer has room for.
    public async Task The_mainline_device_also_gives_the_hosts_certificates(int size)
    {
        var table = new byte[size];
        Array.Fill(table, (byte)7);
        var firmware = new FakeFirmware { Table = table };

        var evidence = await new SevGuestAttester(device, firmware.Mainline).GetEvidenceAsync(FakeFirmware.Data);

        Assert.All(firmware.Requests, request => Assert.Equal(0xC0205302u, request));
        Assert.Equal(size > 16384 ? 2 : 1, firmware.Requests.Count);
        Assert.Equal(table, evidence.CertificateTable[..size].ToArray());
        Assert.False(evidence.CertificateTable.Span[size..].ContainsAnyExcept((byte)0));
        Assert.Equal(FakeFirmware.Report(FakeFirmware.Data.Bytes), evidence.Bytes.ToArray());
    }

    [Fact]
    public async Task A_host_with_an_empty_table_gives_a_report_and_no_certificates()
    {
        var evidence = await new SevGuestAttester(device, new FakeFirmware { Table = new byte[24] }.Mainline).GetEvidenceAsync(FakeFirmware.Data);
        Assert.True(evidence.CertificateTable.IsEmpty);
    }

    [Theory]
    [InlineData(null)]
    [InlineData(0x0010_0000u)] // Over the limit of a table.
    [InlineData(0x0000_4001u)] // No whole page.
    [InlineData(0xFFFF_F000u)]
    public async Task A_host_without_extended_reports_or_with_an_absurd_table_is_asked_for_the_report_alone(uint? asked)
    {
        var firmware = new FakeFirmware { Table = asked is null ? null : [1], AskedSize = asked };
        var evidence = await new SevGuestAttester(device, firmware.Mainline).GetEvidenceAsync(FakeFirmware.Data);
        Assert.Equal([0xC0205302u, 0xC0205300u], firmware.Requests);
        Assert.True(evidence.CertificateTable.IsEmpty);
    }

    [Fact]
    public async Task The_legacy_device_is_asked_with_its_40_byte_structure()
    {
        var firmware = new FakeFirmware();

        var evidence = await new LegacySevAttester(device, firmware.Legacy).GetEvidenceAsync(FakeFirmware.Data);

        Assert.Equal(0xC0285301u, firmware.Request);
        Assert.Equal([5, 6, 1, 0, 96, 0, 0, 0], firmware.Argument[..8]);
        Assert.Equal([0, 5, 0, 0, 0, 0, 0, 0], firmware.Argument[16..24]);
        Assert.Equal(new byte[8], firmware.Argument[32..]);
        Assert.Equal([.. FakeFirmware.Data.Bytes, .. new byte[32]], firmware.Message);
        Assert.Equal(FakeFirmware.Report(FakeFirmware.Data.Bytes), evidence.Bytes.ToArray());
    }

    [Theory]
    [MemberData(nameof(Both))]
    public async Task The_device_is_closed_after_every_report(bool legacy)
    {
        var firmware = new FakeFirmware();
        await Ask(legacy, firmware);
        Assert.True(firmware.Device!.IsClosed);

        var failing = new FakeFirmware { Errno = 5 };
        await Assert.ThrowsAsync<UnavailableException>(() => Ask(legacy, failing));
        Assert.True(failing.Device!.IsClosed);
    }

    [Theory]
    [MemberData(nameof(Both))]
    public async Task A_failed_call_names_the_error(bool legacy)
    {
        var failed = await Assert.ThrowsAsync<UnavailableException>(() => Ask(legacy, new FakeFirmware { Errno = 5 }));
        Assert.Contains("ioctl failed:Input/output error", failed.Message, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Both))]
    public async Task A_firmware_status_is_reported(bool legacy)
    {
        var failed = await Assert.ThrowsAsync<UnavailableException>(() => Ask(legacy, new FakeFirmware { Tamper = a => a[0] = 0x16 }));
        Assert.Contains("fetching attestation report failed. status: 22", failed.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(true, 4)]
    [InlineData(false, 4)]
    [InlineData(true, 32 + 0x50)]
    [InlineData(false, 32 + 0x50 + 63)]
    public async Task Refuses_an_answer_with_another_size_or_other_report_data(bool legacy, int offset) =>
        await Assert.ThrowsAsync<MalformedException>(() => Ask(legacy, new FakeFirmware { Tamper = a => a[offset] ^= 1 }));

    [Theory]
    [MemberData(nameof(Both))]
    public async Task A_device_that_is_not_there_is_unavailable(bool legacy)
    {
        var path = device + "-missing";
        IAttester attester = legacy ? new LegacySevAttester(path) : new SevGuestAttester(path);

        var failed = await Assert.ThrowsAsync<UnavailableException>(() => attester.GetEvidenceAsync(FakeFirmware.Data));

        Assert.Contains($"error opening SNP device {path}: No such file or directory", failed.Message, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Both))]
    public async Task An_ordinary_file_is_not_a_device(bool legacy)
    {
        IAttester attester = legacy ? new LegacySevAttester(device) : new SevGuestAttester(device);

        var failed = await Assert.ThrowsAsync<UnavailableException>(() => attester.GetEvidenceAsync(FakeFirmware.Data));

        Assert.Contains("ioctl failed:Inappropriate ioctl for device", failed.Message, StringComparison.Ordinal);
    }

    private Task<HardwareEvidence> Ask(bool legacy, FakeFirmware firmware)
    {
        IAttester attester = legacy ? new LegacySevAttester(device, firmware.Legacy) : new SevGuestAttester(device, firmware.Mainline);
        return attester.GetEvidenceAsync(FakeFirmware.Data);
    }
}
