using System.Net.Sockets;
using Cove.Outcomes;

namespace Cove.Runtime.Shim.Ttrpc;

/// <summary>Makes calls over one connection, one after another: events must arrive in order, and nothing else is called.</summary>
internal sealed class TtrpcClient : IAsyncDisposable
{
    private readonly TtrpcWire wire;
    private uint stream;

    private TtrpcClient(TtrpcWire wire) => this.wire = wire;

    /// <exception cref="UnavailableException">Nobody listens there.</exception>
    public static async Task<TtrpcClient> ConnectAsync(string path, CancellationToken cancellation)
    {
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            await socket.ConnectAsync(new UnixDomainSocketEndPoint(path), cancellation);
            return new TtrpcClient(new TtrpcWire(new NetworkStream(socket, ownsSocket: true)));
        }
        catch (Exception failed)
        {
            socket.Dispose();
            if (failed is SocketException refused) throw new UnavailableException(path, refused.Message, refused);
            throw;
        }
    }

    /// <summary>Calls, and returns the answer's message. After any exception but <see cref="TtrpcException"/> the connection is of no more use.</summary>
    /// <exception cref="TtrpcException">The other side's status.</exception>
    /// <exception cref="UnavailableException">The connection ended.</exception>
    public async Task<byte[]> CallAsync(TtrpcRequest request, CancellationToken cancellation)
    {
        stream = stream == 0 ? 1 : checked(stream + 2);
        try
        {
            await wire.WriteAsync(stream, TtrpcKind.Request, request.ToBytes());
            while (await wire.ReadAsync(cancellation) is { } frame)
            {
                if (frame.Stream != stream || frame.Kind != TtrpcKind.Response) continue;
                var answer = TtrpcResponse.Parse(frame.Data ?? throw new MalformedException("ttrpc frame", "length", "is over the limit"));
                return answer.Code == TtrpcCode.Ok ? answer.Payload : throw new TtrpcException(answer.Code, answer.Message);
            }

            throw new UnavailableException("ttrpc", "the connection was closed");
        }
        catch (IOException ended)
        {
            throw new UnavailableException("ttrpc", ended.Message, ended);
        }
    }

    public ValueTask DisposeAsync() => wire.DisposeAsync();
}
