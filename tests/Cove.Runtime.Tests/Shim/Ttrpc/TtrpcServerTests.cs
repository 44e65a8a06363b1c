using System.Buffers.Binary;
using System.Net.Sockets;
using Cove.Outcomes;
using Cove.Runtime.Shim.Ttrpc;

namespace Cove.Tests.Runtime.Shim.Ttrpc;

public sealed class TtrpcServerTests : IAsyncLifetime
{
    private readonly string folder = Directory.CreateTempSubdirectory("cove-ttrpc-").FullName;
    private readonly TaskCompletionSource released = new();
    private TtrpcServer? server;

    private string Socket => Path.Combine(folder, "s");

    public ValueTask InitializeAsync()
    {
        server = TtrpcServer.Start(Socket, new TtrpcServices()
            .On("a.Service", "Echo", (request, _) => Task.FromResult(request.ToArray()))
            .On("a.Service", "Refuse", (_, _) => throw TtrpcException.NotFound("it"))
            .On("a.Service", "Break", (_, _) => throw new InvalidOperationException("a bug"))
            .On("a.Service", "Hang", async (_, gone) =>
            {
                await released.Task.WaitAsync(gone);
                return [];
            }));
        return ValueTask.CompletedTask;
    }

    public async ValueTask DisposeAsync()
    {
        await server!.DisposeAsync();
        Assert.False(File.Exists(Socket));
        Directory.Delete(folder, recursive: true);
    }

    [Fact]
    public async Task Calls_are_answered_with_their_message_or_their_status()
    {
        await using var client = await TtrpcClient.ConnectAsync(Socket, TestContext.Current.CancellationToken);
        Assert.Equal([1, 2, 3], await CallAsync(client, "Echo", [1, 2, 3]));
        Assert.Equal(TtrpcCode.NotFound, (await Assert.ThrowsAsync<TtrpcException>(() => CallAsync(client, "Refuse"))).Code);
        Assert.Equal(TtrpcCode.Internal, (await Assert.ThrowsAsync<TtrpcException>(() => CallAsync(client, "Break"))).Code);
        Assert.Equal(TtrpcCode.Unimplemented, (await Assert.ThrowsAsync<TtrpcException>(() => CallAsync(client, "Other"))).Code);
        Assert.Equal([4], await CallAsync(client, "Echo", [4]));
    }

    [Fact]
    public async Task A_call_that_takes_long_holds_up_no_other_on_its_connection()
    {
        using var socket = Connect();
        Send(socket, 1, new TtrpcRequest("a.Service", "Hang", []).ToBytes());
        Send(socket, 3, new TtrpcRequest("a.Service", "Echo", [9]).ToBytes());
        var (stream, answer) = await ReceiveAsync(socket);
        Assert.Equal((3u, TtrpcCode.Ok), (stream, answer.Code));
        released.SetResult();
        Assert.Equal(1u, (await ReceiveAsync(socket)).Stream);
    }

    [Fact]
    public async Task A_message_over_the_limit_is_refused_and_the_connection_lives_on()
    {
        using var socket = Connect();
        var header = Header(TtrpcLimits.MaxData + 1, 1, 1);
        socket.Send(header);
        var sending = Task.Run(() => SendAll(socket, new byte[TtrpcLimits.MaxData + 1]), TestContext.Current.CancellationToken);
        Assert.Equal(TtrpcCode.ResourceExhausted, (await ReceiveAsync(socket)).Answer.Code);
        await sending;
        Send(socket, 3, new TtrpcRequest("a.Service", "Echo", [9]).ToBytes());
        Assert.Equal(TtrpcCode.Ok, (await ReceiveAsync(socket)).Answer.Code);
    }

    [Theory]
    [InlineData(2, 1)] // an even stream is the server's
    [InlineData(0, 1)]
    [InlineData(1, 2)] // a response to nothing
    [InlineData(1, 3)] // stream data to nothing
    [InlineData(1, 77)] // of no kind
    public async Task A_connection_that_breaks_the_protocol_ends_and_others_go_on(uint stream, byte kind)
    {
        using var socket = Connect();
        socket.Send(Header(0, stream, kind));
        Assert.Equal(0, await socket.ReceiveAsync(new byte[1], TestContext.Current.CancellationToken));
        await using var client = await TtrpcClient.ConnectAsync(Socket, TestContext.Current.CancellationToken);
        Assert.Equal([1], await CallAsync(client, "Echo", [1]));
    }

    [Fact]
    public async Task A_request_that_is_no_message_is_an_invalid_argument()
    {
        using var socket = Connect();
        Send(socket, 1, [0x0A, 0x05]);
        Assert.Equal(TtrpcCode.InvalidArgument, (await ReceiveAsync(socket)).Answer.Code);
    }

    [Fact]
    public async Task Nobody_there_is_unavailable() =>
        await Assert.ThrowsAsync<UnavailableException>(() => TtrpcClient.ConnectAsync(Path.Combine(folder, "none"), TestContext.Current.CancellationToken));

    [Fact]
    public void Only_the_owner_may_connect() =>
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(Socket) & ~(UnixFileMode)0xE00);

    private static Task<byte[]> CallAsync(TtrpcClient client, string method, byte[]? message = null) =>
        client.CallAsync(new TtrpcRequest("a.Service", method, message ?? []), TestContext.Current.CancellationToken);

    private Socket Connect()
    {
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        socket.Connect(new UnixDomainSocketEndPoint(Socket));
        return socket;
    }

    private static void Send(Socket socket, uint stream, byte[] data) => SendAll(socket, [.. Header(data.Length, stream, 1), .. data]);

    private static void SendAll(Socket socket, ReadOnlySpan<byte> bytes)
    {
        while (!bytes.IsEmpty) bytes = bytes[socket.Send(bytes)..];
    }

    private static byte[] Header(int length, uint stream, byte kind)
    {
        var header = new byte[TtrpcFrame.HeaderSize];
        BinaryPrimitives.WriteInt32BigEndian(header, length);
        BinaryPrimitives.WriteUInt32BigEndian(header.AsSpan(4), stream);
        header[8] = kind;
        return header;
    }

    private static async Task<(uint Stream, TtrpcResponse Answer)> ReceiveAsync(Socket socket)
    {
        var wire = new TtrpcWire(new NetworkStream(socket, ownsSocket: false));
        var frame = Assert.NotNull(await wire.ReadAsync(TestContext.Current.CancellationToken));
        Assert.Equal(TtrpcKind.Response, frame.Kind);
        return (frame.Stream, TtrpcResponse.Parse(frame.Data));
    }
}
