using System.Security.Cryptography;
using Cove.Outcomes;
using Cove.Protocol.Client;
using Cove.Protocol.Framing;
using Cove.Protocol.Messages;

namespace Cove.Protocol.Tests.Client;

public sealed class GuestClientTests
{
    [Fact]
    public async Task Streams_far_more_than_the_window_both_ways_and_loses_nothing()
    {
        await using var guest = new GuestUnderTest(handlers => handlers.On(GuestCalls.Exec, async (_, streams, cancellation) =>
        {
            var pipe = new System.IO.Pipelines.Pipe();
            var back = streams.CopyFromAsync(pipe.Reader.AsStream(), StdioChannel.Output, cancellation);
            await streams.CopyInputToAsync(pipe.Writer.AsStream(leaveOpen: true), cancellation);
            await pipe.Writer.CompleteAsync();
            await back;
            await streams.SendAsync(StdioChannel.Error, "done"u8.ToArray(), cancellation);
            return new ExecResponse(42, true);
        }));
        await using var host = await guest.ConnectAsync();
        var sent = RandomNumberGenerator.GetBytes((8 * ProtocolLimits.StreamWindow) + 17);
        using var output = new MemoryStream();
        using var error = new MemoryStream();
        var verdict = await host.CallAsync(GuestCalls.Exec, new ExecRequest("c", ["cat"]), new GuestStdio(new MemoryStream(sent), output, error));
        Assert.Equal(42, Assert.IsType<Verdict<ExecResponse>.Accepted>(verdict).Value.ExitCode);
        Assert.Equal(sent, output.ToArray());
        Assert.Equal("done"u8, error.ToArray());
    }

    [Fact]
    public async Task A_host_that_does_not_read_a_stream_stops_its_sender_and_nobody_else()
    {
        var sentBytes = 0;
        await using var guest = new GuestUnderTest(handlers => handlers.On(GuestCalls.Logs, async (_, streams, cancellation) =>
        {
            for (var part = new byte[1024]; ; Interlocked.Add(ref sentBytes, part.Length)) await streams.SendAsync(StdioChannel.Output, part, cancellation);
        }));
        await using var host = await guest.ConnectAsync();
        using var cancel = new CancellationTokenSource();
        await using var stuck = new StuckStream();
        var logs = host.CallAsync(GuestCalls.Logs, new LogsRequest("c"), new GuestStdio(Output: stuck), cancel.Token);
        await stuck.Reached;
        for (var i = 0; i < 50; i++) await host.CallAsync(GuestCalls.Ping, new PingRequest());
        Assert.True(Volatile.Read(ref sentBytes) <= 2 * ProtocolLimits.StreamWindow, $"{sentBytes} bytes were sent");
        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => logs);
        Assert.IsType<Verdict<PingResponse>.Accepted>(await host.CallAsync(GuestCalls.Ping, new PingRequest()));
    }

    [Fact]
    public async Task Cancelling_a_call_cancels_it_in_the_guest()
    {
        var cancelled = new TaskCompletionSource();
        var begun = new TaskCompletionSource();
        await using var guest = new GuestUnderTest(handlers => handlers.On(GuestCalls.WaitContainer, async (_, cancellation) =>
        {
            begun.SetResult();
            await using var told = cancellation.Register(cancelled.SetResult);
            await Task.Delay(Timeout.Infinite, cancellation);
            return new WaitContainerResponse(0, 0);
        }));
        await using var host = await guest.ConnectAsync();
        using var cancel = new CancellationTokenSource();
        var waiting = host.CallAsync(GuestCalls.WaitContainer, new WaitContainerRequest("c"), cancellation: cancel.Token);
        await begun.Task;
        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting);
        await cancelled.Task.WaitAsync(TimeSpan.FromSeconds(10));
    }

    [Fact]
    public async Task A_host_that_goes_away_cancels_its_calls_and_can_come_back()
    {
        var cancelled = new TaskCompletionSource();
        await using var guest = new GuestUnderTest(handlers => handlers.On(GuestCalls.WaitContainer, async (_, cancellation) =>
        {
            await using var told = cancellation.Register(cancelled.SetResult);
            await Task.Delay(Timeout.Infinite, cancellation);
            return new WaitContainerResponse(0, 0);
        }));
        var host = await guest.ConnectAsync();
        var waiting = host.CallAsync(GuestCalls.WaitContainer, new WaitContainerRequest("c"));
        await host.CallAsync(GuestCalls.Ping, new PingRequest());
        await host.DisposeAsync();
        await Assert.ThrowsAsync<UnavailableException>(() => waiting);
        await cancelled.Task.WaitAsync(TimeSpan.FromSeconds(10));

        await using var back = await guest.ConnectAsync();
        Assert.IsType<Verdict<PingResponse>.Accepted>(await back.CallAsync(GuestCalls.Ping, new PingRequest()));
    }

    [Fact]
    public async Task A_denial_arrives_with_all_its_findings()
    {
        Finding[] findings = [new("command", "containers[app].command", "a", "b", "§2.5"), new("policy-decision", "create_container", "allowed", "blob")];
        await using var guest = new GuestUnderTest(handlers => handlers.On(
            GuestCalls.StartContainer, (_, _) => Task.FromResult<Verdict<Done>>(findings.ToList())));
        await using var host = await guest.ConnectAsync();
        var denied = Assert.IsType<Verdict<Done>.Rejected>(await host.CallAsync(GuestCalls.StartContainer, new StartContainerRequest("c")));
        Assert.Equal(findings, denied.Findings);
    }

    [Fact]
    public async Task Every_connected_host_hears_of_an_exit()
    {
        await using var guest = new GuestUnderTest();
        await using var one = await guest.ConnectAsync();
        await using var other = await guest.ConnectAsync();
        foreach (var host in (GuestClient[])[one, other]) await host.CallAsync(GuestCalls.Ping, new PingRequest());
        var exited = new ContainerExited("c", 7, 1, WillRestart: true);
        guest.Server.Notify(exited);
        foreach (var host in (GuestClient[])[one, other]) Assert.Equal(exited, await FirstAsync(host.ContainerExits));
    }

    [Fact]
    public async Task Nothing_listening_is_unavailable()
    {
        var nowhere = Path.Combine(Path.GetTempPath(), $"cove-nowhere-{Guid.NewGuid():n}.sock");
        await Assert.ThrowsAsync<UnavailableException>(() => GuestClient.ConnectAsync(nowhere));
    }

    private static async Task<ContainerExited> FirstAsync(IAsyncEnumerable<ContainerExited> exits)
    {
        await foreach (var exited in exits) return exited;
        throw new InvalidOperationException("the connection ended first");
    }

    private sealed class StuckStream : MemoryStream
    {
        private readonly TaskCompletionSource reached = new();

        public Task Reached => reached.Task;

        public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
        {
            reached.TrySetResult();
            await Task.Delay(Timeout.Infinite, cancellationToken);
        }
    }
}
