using System.Net.Sockets;
using Cove.Outcomes;
using Cove.Protocol.SecureProcessor;

namespace Cove.Hosting.Storage.Sealing;

/// <summary>A simulated secure processor's socket. Whoever runs the simulation can derive the same keys: it shows how sealing behaves and protects nothing.</summary>
internal sealed class SimulatedProcessorSocket(string path) : ISealingProcessor
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    public string Path => path;

    public Task<ReportResponse> GetReportAsync(ReportRequest request) => AskAsync(request, ProcessorFraming.ReadResponseAsync);

    public Task<DerivedKeyResponse> DeriveKeyAsync(DerivedKeyRequest request) => AskAsync(request, ProcessorFraming.ReadKeyResponseAsync);

    private async Task<T> AskAsync<T>(IProcessorRequest request, Func<Stream, CancellationToken, Task<T>> readAsync)
    {
        using var deadline = new CancellationTokenSource(Patience);
        try
        {
            using var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
            await socket.ConnectAsync(new UnixDomainSocketEndPoint(path), deadline.Token);
            await using var stream = new NetworkStream(socket, ownsSocket: false);
            await ProcessorFraming.WriteRequestAsync(stream, request, deadline.Token);
            return await readAsync(stream, deadline.Token);
        }
        catch (Exception e) when (e is SocketException or IOException or ArgumentException)
        {
            throw new UnavailableException(path, $"there is no simulated processor: {e.Message}", e);
        }
        catch (OperationCanceledException e)
        {
            throw new UnavailableException(path, $"no answer within {Patience.TotalSeconds} s", e);
        }
    }
}
