using System.Net.Sockets;
using Cove.Attestation.Snp;
using Cove.Protocol.SecureProcessor;
using Cove.Runtime.Simulation;

namespace Cove.Attestation.Tests.Simulation;

public sealed class SimulatedProcessorServerTests : IAsyncDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("cove-sp-").FullName;
    private readonly SimulatedProcessorServer _server;

    public SimulatedProcessorServerTests(SimulatedAuthorityFixture simulated)
    {
        var launch = new SimulatedLaunch(new byte[48], new byte[32], SimulatedLaunch.ContainerGroupPolicy);
        _server = SimulatedProcessorServer.Start(SimulatedProcessor.Launch(simulated.Chip, launch), SocketPath, TimeProvider.System);
    }

    private string SocketPath => Path.Combine(_folder, "sp.sock");

    public async ValueTask DisposeAsync()
    {
        await _server.DisposeAsync();
        Assert.False(File.Exists(SocketPath));
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task Answers_one_request_after_another_on_a_connection()
    {
        await using var stream = await ConnectAsync();
        for (byte value = 1; value <= 3; value++)
        {
            var data = Enumerable.Repeat(value, 64).ToArray();
            await ProcessorFraming.WriteRequestAsync(stream, new ReportRequest(data, vmpl: value));
            var report = SnpReport.Parse((await ProcessorFraming.ReadResponseAsync(stream)).Report.Span);
            Assert.Equal(data, report.ReportData.Bytes.ToArray());
            Assert.Equal(value, report.Vmpl);
        }
    }

    [Fact]
    public async Task Gives_the_guests_derived_key_between_two_reports()
    {
        await using var stream = await ConnectAsync();
        await ProcessorFraming.WriteRequestAsync(stream, new DerivedKeyRequest(GuestFields.Measurement, 0));
        using var first = await ProcessorFraming.ReadKeyResponseAsync(stream);
        await ProcessorFraming.WriteRequestAsync(stream, new ReportRequest(new byte[64]));
        Assert.Equal(ReportResponse.Success, (await ProcessorFraming.ReadResponseAsync(stream)).Status);
        await ProcessorFraming.WriteRequestAsync(stream, new DerivedKeyRequest(GuestFields.Measurement, 0));
        using var second = await ProcessorFraming.ReadKeyResponseAsync(stream);
        Assert.Equal(first.Key.ToArray(), second.Key.ToArray());
    }

    [Theory]
    [InlineData("0600000060000000")]
    [InlineData("05000000ffffffff")]
    [InlineData("0500000061000000")]
    [InlineData("474554202f20485454502f312e310d0a")]
    public async Task Closes_a_connection_that_talks_nonsense_and_goes_on_serving(string hex)
    {
        await using (var stream = await ConnectAsync())
        {
            await stream.WriteAsync(Convert.FromHexString(hex));
            await AssertClosedAsync(stream);
        }

        await using var next = await ConnectAsync();
        await ProcessorFraming.WriteRequestAsync(next, new ReportRequest(new byte[64]));
        Assert.Equal(ReportResponse.Success, (await ProcessorFraming.ReadResponseAsync(next)).Status);
    }

    [Fact]
    public async Task Closes_what_is_over_its_limit_of_connections()
    {
        List<NetworkStream> open = [];
        for (var i = 0; i < SimulatedProcessorServer.MaximumConnections; i++)
        {
            var stream = await ConnectAsync();
            open.Add(stream);
            await ProcessorFraming.WriteRequestAsync(stream, new ReportRequest(new byte[64]));
            await ProcessorFraming.ReadResponseAsync(stream);
        }

        await using (var over = await ConnectAsync()) await AssertClosedAsync(over);
        foreach (var stream in open) await stream.DisposeAsync();
    }

    private static async Task AssertClosedAsync(NetworkStream stream)
    {
        try
        {
            Assert.Equal(0, await stream.ReadAsync(new byte[1]));
        }
        catch (IOException reset)
        {
            // Closed while bytes of ours were still unread: the kernel says reset instead of end.
            Assert.IsType<SocketException>(reset.InnerException);
        }
    }

    private async Task<NetworkStream> ConnectAsync()
    {
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        await socket.ConnectAsync(new UnixDomainSocketEndPoint(SocketPath));
        return new NetworkStream(socket, ownsSocket: true);
    }
}
