using System.Text.Json;
using Cove.Protocol.Launch;
using Cove.Runtime.Launch;

namespace Cove.Tests.Launch;

public sealed class GuestProcessorTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("cove-processor-").FullName;

    private string Socket => Path.Combine(folder, "processor.sock");

    private string Chips => Path.Combine(folder, "chips");

    [Theory]
    [InlineData(null)]
    [InlineData(LaunchMachine.Tcg)]
    [InlineData(LaunchMachine.Kvm)]
    public async Task A_guest_without_hardware_has_a_simulated_processor_with_its_certificates(string? mode)
    {
        await using (var processor = Start(mode is null ? null : new LaunchMachine("/image", mode, 512, 1)))
        {
            Assert.True(processor.IsSimulated);
            Assert.True(File.Exists(Socket));
            using var certificates = JsonDocument.Parse(processor.Certificates);
            Assert.Contains("BEGIN CERTIFICATE", certificates.RootElement.GetProperty("vcekCert").GetString(), StringComparison.Ordinal);
        }

        Assert.False(File.Exists(Socket));
    }

    [Fact]
    public async Task Under_snp_no_processor_is_simulated_and_none_is_made()
    {
        await using var processor = Start(new LaunchMachine("/image", LaunchMachine.Snp, 512, 1));
        Assert.False(processor.IsSimulated);
        Assert.True(processor.Certificates.IsEmpty);
        Assert.False(File.Exists(Socket));
        Assert.False(Directory.Exists(Chips));
    }

    public void Dispose() => Directory.Delete(folder, recursive: true);

    private GuestProcessor Start(LaunchMachine? machine) => GuestProcessor.Start(machine, Chips, new byte[48], new byte[32], Socket, TimeProvider.System);
}
