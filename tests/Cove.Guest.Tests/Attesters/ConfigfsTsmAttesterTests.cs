using Cove.Guest.Attesters;
using Cove.Outcomes;

namespace Cove.Guest.Tests.Attesters;

public sealed class ConfigfsTsmAttesterTests
{
    [Fact]
    public async Task Gives_the_report_with_its_certificate_table_and_leaves_no_folder()
    {
        var files = new FakeConfigfs { AuxBlob = [1, 2, 3] };

        var evidence = await Ask(files);

        Assert.Equal(EvidenceFormat.SnpReport, evidence.Format);
        Assert.Equal(FakeFirmware.Report(FakeFirmware.Data.Bytes), evidence.Bytes.ToArray());
        Assert.Equal([1, 2, 3], evidence.CertificateTable.ToArray());
        Assert.Equal(0, files.Left);
    }

    [Fact]
    public async Task Gives_a_tdx_quote_as_what_it_is()
    {
        var evidence = await Ask(new FakeConfigfs { Provider = "tdx_guest\n", Evidence = _ => [4, 0, 2] });

        Assert.Equal(EvidenceFormat.TdxQuote, evidence.Format);
        Assert.Equal([4, 0, 2], evidence.Bytes.ToArray());
    }

    [Fact]
    public async Task A_busy_provider_is_asked_again_in_a_new_folder()
    {
        var files = new FakeConfigfs { Busy = 2 };
        await Ask(files);
        Assert.Equal((3, 0), (files.Created, files.Left));
    }

    [Fact]
    public async Task A_request_that_another_writer_disturbed_is_made_again()
    {
        var files = new FakeConfigfs { Disturbed = 1 };
        await Ask(files);
        Assert.Equal((2, 0), (files.Created, files.Left));
    }

    [Theory]
    [InlineData(100, 0)]
    [InlineData(0, 100)]
    public async Task Gives_up_after_some_attempts(int busy, int disturbed)
    {
        var files = new FakeConfigfs { Busy = busy, Disturbed = disturbed };
        await Assert.ThrowsAsync<UnavailableException>(() => Ask(files));
        Assert.Equal(0, files.Left);
    }

    [Fact]
    public async Task Refuses_evidence_over_other_report_data()
    {
        var files = new FakeConfigfs { Evidence = _ => FakeFirmware.Report(new byte[64]) };
        await Assert.ThrowsAsync<MalformedException>(() => Ask(files));
        Assert.Equal(0, files.Left);
    }

    [Theory]
    [InlineData(1183)]
    [InlineData(1185)]
    public async Task Refuses_a_report_of_another_size(int size) =>
        await Assert.ThrowsAsync<MalformedException>(() => Ask(new FakeConfigfs { Evidence = _ => new byte[size] }));

    [Fact]
    public async Task Refuses_a_provider_it_does_not_know()
    {
        var failed = await Assert.ThrowsAsync<UnavailableException>(() => Ask(new FakeConfigfs { Provider = "arm_cca_guest\n" }));
        Assert.Contains("arm_cca_guest", failed.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_folder_that_cannot_be_made_is_unavailable()
    {
        using var folder = new TemporaryFolder();
        var attester = new ConfigfsTsmAttester(folder.File("not-a-folder"));
        await Assert.ThrowsAsync<UnavailableException>(() => attester.GetEvidenceAsync(FakeFirmware.Data));
    }

    private static Task<HardwareEvidence> Ask(FakeConfigfs files) =>
        new ConfigfsTsmAttester("/config/tsm/report", files).GetEvidenceAsync(FakeFirmware.Data);
}
