using System.Collections.Concurrent;
using System.Text.Json;
using Cove.Outcomes;
using Cove.Protocol.Launch;
using Cove.Protocol.Messages;
using Cove.Protocol.Server;

namespace Cove.Cli.Tests.Commands;

/// <summary>
/// A group whose guest answers executions itself: it says what it is told, so that a test sees what arrives. A command is what the guest does:
/// <c>read</c> reads until a <c>q</c> or the end and exits with 7, <c>end</c> exits at once, <c>deny</c> is denied, <c>vanish</c> closes the connection.
/// </summary>
internal sealed class ExecGuest : IAsyncDisposable
{
    public const string Group = "web";
    public const string Container = "app";
    public const int ExitCode = 7;

    private readonly CancellationTokenSource stop = new();
    private readonly TaskCompletionSource gone = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly GuestServer server;
    private readonly Task running;

    /// <param name="home">Where cove keeps its state.</param>
    public ExecGuest(string home)
    {
        var folder = Directory.CreateDirectory(Path.Combine(home, "groups", Group)).FullName;
        var state = new GroupState
        {
            Group = Group,
            Isolation = "process",
            Simulated = true,
            PolicyHash = new string('0', 64),
            Measurement = new string('0', 96),
            RuntimeProcess = 1,
            Launched = DateTimeOffset.UnixEpoch,
            Containers = [new GroupContainer(Container, new string('1', 64), null)],
        };
        File.WriteAllBytes(Path.Combine(folder, GroupState.FileName), JsonSerializer.SerializeToUtf8Bytes(state, LaunchJson.Default.GroupState));
        var handlers = new GuestHandlers().On(GuestCalls.Exec, (request, streams, cancellation) => Answer(request, streams, cancellation));
        server = new GuestServer(Path.Combine(folder, GroupState.AgentSocketName), handlers, TimeProvider.System);
        running = server.RunAsync(stop.Token);
    }

    /// <summary>What was asked for.</summary>
    public ConcurrentQueue<ExecRequest> Requests { get; } = new();

    /// <summary>Every byte of input.</summary>
    public MemoryStream Input { get; } = new();

    /// <summary>Every size that a terminal was given.</summary>
    public ConcurrentQueue<TerminalSize> Sizes { get; } = new();

    /// <summary>Set when a call was given up.</summary>
    public TaskCompletionSource GivenUp { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public async ValueTask DisposeAsync()
    {
        await stop.CancelAsync();
        await running;
        gone.TrySetResult();
        server.Dispose();
        stop.Dispose();
    }

    private async Task<Verdict<ExecResponse>> Answer(ExecRequest request, CallStreams streams, CancellationToken cancellation)
    {
        Requests.Enqueue(request);
        if (request.Args[0] == "deny") return new Finding("stdio-denied", "allow_stdio_access", "true", "false", "container-policy §2.9");
        await streams.BeginAsync(cancellation);
        if (request.Args[0] == "end") return new ExecResponse(ExitCode, StdioAllowed: true);
        streams.OnResize(size =>
        {
            Sizes.Enqueue(size);
            _ = streams.SendAsync(StdioChannel.Output, System.Text.Encoding.UTF8.GetBytes($"size {size.Rows} {size.Columns}\r\n"), cancellation);
        });
        await streams.SendAsync(StdioChannel.Error, "on error\n"u8.ToArray(), cancellation);
        if (request.Args[0] == "vanish")
        {
            // Not even an error is answered.
            _ = stop.CancelAsync();
            await gone.Task;
        }

        using var givenUp = cancellation.Register(() => GivenUp.TrySetResult());
        using var typed = new Typed(Input);
        await Task.WhenAny(streams.CopyInputToAsync(typed, cancellation), typed.Quit);
        cancellation.ThrowIfCancellationRequested();
        return new ExecResponse(ExitCode, StdioAllowed: true);
    }

    private sealed class Typed(MemoryStream all) : MemoryStream
    {
        private readonly TaskCompletionSource quit = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task Quit => quit.Task;

        public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
        {
            all.Write(buffer.Span);
            if (buffer.Span.Contains((byte)'q')) quit.TrySetResult();
            return ValueTask.CompletedTask;
        }
    }
}
