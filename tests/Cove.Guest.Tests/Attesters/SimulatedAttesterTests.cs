using System.Net.Sockets;
using Cove.Guest.Attesters;
using Cove.Outcomes;
using Cove.Protocol.SecureProcessor;

namespace Cove.Guest.Tests.Attesters;

public sealed class SimulatedAttesterTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    private string SocketPath => Path.Combine(folder.Path, "sp");

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task Gives_the_report_that_the_processor_made_for_this_data()
    {
        var evidence = await Ask(request => ReportResponse.Of(FakeFirmware.Report(request.ReportData.Span)));

        Assert.Equal(EvidenceFormat.SnpReport, evidence.Format);
        Assert.Equal(FakeFirmware.Report(FakeFirmware.Data.Bytes), evidence.Bytes.ToArray());
    }

    [Fact]
    public async Task A_refusal_of_the_processor_is_reported()
    {
        var failed = await Assert.ThrowsAsync<UnavailableException>(() => Ask(_ => ReportResponse.Failed(0x16)));
        Assert.Contains("status: 22", failed.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Refuses_a_report_over_other_data() =>
        await Assert.ThrowsAsync<MalformedException>(() => Ask(_ => ReportResponse.Of(FakeFirmware.Report(new byte[64]))));

    [Fact]
    public async Task A_processor_that_hangs_up_gives_no_evidence() =>
        await Assert.ThrowsAsync<MalformedException>(() => Ask(_ => null));

    [Fact]
    public async Task A_socket_where_nobody_listens_is_unavailable() =>
        await Assert.ThrowsAsync<UnavailableException>(() => new SimulatedAttester(SocketPath).GetEvidenceAsync(FakeFirmware.Data));

    [Fact]
    public async Task Waiting_ends_when_the_caller_cancels()
    {
        using var listener = Listen();
        using var cancel = new CancellationTokenSource(TimeSpan.FromMilliseconds(20));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(
            () => new SimulatedAttester(SocketPath).GetEvidenceAsync(FakeFirmware.Data, cancel.Token));
    }

    private Socket Listen()
    {
        var listener = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        listener.Bind(new UnixDomainSocketEndPoint(SocketPath));
        listener.Listen();
        return listener;
    }

    private async Task<HardwareEvidence> Ask(Func<ReportRequest, ReportResponse?> processor)
    {
        using var listener = Listen();
        var asked = new SimulatedAttester(SocketPath).GetEvidenceAsync(FakeFirmware.Data);
        using (var connection = await listener.AcceptAsync())
        await using (var stream = new NetworkStream(connection))
        {
            var request = (ReportRequest?)await ProcessorFraming.ReadRequestAsync(stream);
            if (processor(request!) is { } response) await ProcessorFraming.WriteResponseAsync(stream, response);
        }

        return await asked;
    }
}
