using Cove.Hosting.Storage.Sealing;
using Cove.Outcomes;
using Cove.Protocol.SecureProcessor;
using Cove.Runtime.Simulation;
using Cove.Services.Tests.Attestation;

namespace Cove.Services.Tests.Hosting;

public sealed class SevGuestDeviceTests(SimulatedEvidence simulated)
{
    private static readonly DerivedKeyRequest Request = new(GuestFields.Measurement, 0);
    private readonly SimulatedProcessor _processor = SimulatedProcessor.Launch(simulated.Chip, new(new byte[48], new byte[32], SimulatedLaunch.ContainerGroupPolicy));

    [Fact]
    public async Task Asks_with_the_kernels_structure_and_reads_its_answers()
    {
        var kernel = new FakeSevDevice(_processor);
        var device = new SevGuestDevice("/dev/null", kernel.Control);

        using var derived = await device.DeriveKeyAsync(Request);
        using var expected = _processor.DeriveKey(Request);
        Assert.Equal(expected.Key.ToArray(), derived.Key.ToArray());
        Assert.Equal(ReportResponse.Success, (await device.GetReportAsync(new(new byte[64]))).Status);

        Assert.Equal([0xC0205301u, 0xC0205300u], kernel.Asked.Select(asked => asked.Call));
        Assert.All(kernel.Asked, asked => Assert.Equal([1, 0, 0, 0, 0, 0, 0, 0], asked.Argument[..8]));
        Assert.All(kernel.Asked, asked => Assert.Equal(new byte[8], asked.Argument[24..]));
    }

    [Fact]
    public async Task Says_what_the_firmware_says()
    {
        var kernel = new FakeSevDevice(_processor) { Errno = 5 };
        var failed = await Assert.ThrowsAsync<UnavailableException>(() => new SevGuestDevice("/dev/null", kernel.Control).DeriveKeyAsync(Request));
        Assert.Contains("firmware error 0xff", failed.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_device_that_is_not_there_is_unavailable()
    {
        var failed = await Assert.ThrowsAsync<UnavailableException>(() => new SevGuestDevice("/dev/no-such-device").DeriveKeyAsync(Request));
        Assert.Contains("no SEV-SNP guest", failed.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_file_that_is_no_such_device_is_unavailable()
        => await Assert.ThrowsAsync<UnavailableException>(() => new SevGuestDevice("/dev/null").DeriveKeyAsync(Request));
}
