using System.Net.Sockets;
using Cove.Outcomes;
using Cove.Protocol.SecureProcessor;

namespace Cove.Runtime.Simulation;

/// <summary>
/// Serves a simulated processor on a Unix socket, which stands for the guest's device. The guest is not trusted here: messages have
/// one size, a connection that sends anything else is closed, and there are never more than <see cref="MaximumConnections"/>.
/// </summary>
public sealed class SimulatedProcessorServer : IAsyncDisposable
{
    /// <summary>Most connections at a time; more are closed at once.</summary>
    public const int MaximumConnections = 64;

    /// <summary>How long a connection may stay silent.</summary>
    public static TimeSpan IdleLimit { get; } = TimeSpan.FromSeconds(60);

    private const int Backlog = 64;
    private readonly SimulatedProcessor _processor;
    private readonly Socket _listener;
    private readonly string _path;
    private readonly TimeProvider _clock;
    private readonly CancellationTokenSource _stopping = new();
    private readonly HashSet<Task> _connections = [];
    private readonly Lock _gate = new();
    private readonly Task _accepting;

    private SimulatedProcessorServer(SimulatedProcessor processor, Socket listener, string path, TimeProvider clock)
    {
        _processor = processor;
        _listener = listener;
        _path = path;
        _clock = clock;
        _accepting = AcceptAsync();
    }

    /// <summary>Starts serving at this path, which must not exist; only its owner may connect.</summary>
    /// <exception cref="SocketException">The path exists or cannot be made.</exception>
    public static SimulatedProcessorServer Start(SimulatedProcessor processor, string path, TimeProvider clock)
    {
        var listener = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            listener.Bind(new UnixDomainSocketEndPoint(path));
            File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite);
            listener.Listen(Backlog);
            return new SimulatedProcessorServer(processor, listener, path, clock);
        }
        catch
        {
            listener.Dispose();
            throw;
        }
    }

    /// <summary>Stops: closes every connection and removes the socket.</summary>
    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        await _accepting;
        Task[] open;
        lock (_gate) open = [.. _connections];
        await Task.WhenAll(open);
        _listener.Dispose();
        File.Delete(_path);
        _stopping.Dispose();
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                var connection = await _listener.AcceptAsync(_stopping.Token);
                lock (_gate)
                {
                    if (_connections.Count >= MaximumConnections)
                    {
                        connection.Dispose();
                        continue;
                    }

                    var serving = Task.Run(() => ServeAsync(connection));
                    _connections.Add(serving);
                    serving.ContinueWith(Forget, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
                }
            }
        }
        catch (OperationCanceledException) when (_stopping.IsCancellationRequested)
        {
            // Stopping is how this loop ends.
        }
    }

    private void Forget(Task done)
    {
        lock (_gate) _connections.Remove(done);
    }

    private async Task ServeAsync(Socket connection)
    {
        await using var stream = new NetworkStream(connection, ownsSocket: true);
        try
        {
            while (true)
            {
                using var idle = new CancellationTokenSource(IdleLimit, _clock);
                using var either = CancellationTokenSource.CreateLinkedTokenSource(idle.Token, _stopping.Token);
                if (await ProcessorFraming.ReadRequestAsync(stream, either.Token) is not { } request) return;
                await AnswerAsync(stream, request, either.Token);
            }
        }
        catch (Exception ended) when (ended is MalformedException or IOException or OperationCanceledException)
        {
            // A guest that talks nonsense, goes away or stays silent only ends its own connection.
        }
    }

    private async Task AnswerAsync(NetworkStream stream, IProcessorRequest request, CancellationToken cancellation)
    {
        switch (request)
        {
            case ReportRequest report:
                await ProcessorFraming.WriteResponseAsync(stream, ReportResponse.Of(_processor.GetReport(report.ReportData.Span, report.Vmpl)), cancellation);
                break;
            case DerivedKeyRequest key:
                using (var derived = _processor.DeriveKey(key)) await ProcessorFraming.WriteResponseAsync(stream, derived, cancellation);
                break;
            default:
                throw new InvalidOperationException($"a {request.GetType().Name} has no answer");
        }
    }
}
