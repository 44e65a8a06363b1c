using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using Cove.Outcomes;
using Cove.Protocol.Channels;

namespace Cove.Protocol.Tests.Channels;

public sealed class ChannelLinkTests
{
    private static readonly ChannelTarget Control = new(ChannelService.Control);
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

    [Fact]
    public async Task A_channel_carries_far_more_than_its_window_both_ways_and_loses_nothing()
    {
        await using var pair = await Pair.OfAsync(guest: EchoAsync);
        await using var channel = await pair.Host.OpenAsync(Control, TestContext.Current.CancellationToken);
        var sent = RandomNumberGenerator.GetBytes((5 * ChannelLimits.Window) + 3);
        var writing = SendAsync(channel, sent);
        Assert.Equal(sent, await ReadAsync(channel));
        await writing;
    }

    [Fact]
    public async Task Many_channels_do_not_mix_whoever_opened_them()
    {
        await using var pair = await Pair.OfAsync(guest: EchoAsync, host: EchoAsync);
        await Task.WhenAll(Enumerable.Range(0, 40).Select(async i =>
        {
            var from = i % 2 == 0 ? pair.Host : pair.Guest;
            await using var channel = await from.OpenAsync(new ChannelTarget(ChannelService.GuestPort, (ushort)(i + 1)), TestContext.Current.CancellationToken);
            var sent = RandomNumberGenerator.GetBytes(1000 + i);
            await SendAsync(channel, sent);
            Assert.Equal(sent, await ReadAsync(channel));
        }));
    }

    [Fact]
    public async Task A_reader_that_does_not_read_stops_its_own_sender_and_nobody_else()
    {
        await using var pair = await Pair.OfAsync(guest: channel => channel.Target.Port == 1 ? Task.Delay(Timeout.Infinite, TestContext.Current.CancellationToken) : EchoAsync(channel));
        await using var silent = await pair.Host.OpenAsync(new ChannelTarget(ChannelService.GuestPort, 1), TestContext.Current.CancellationToken);
        var stuck = silent.WriteAsync(new byte[2 * ChannelLimits.Window], TestContext.Current.CancellationToken).AsTask();
        await using var other = await pair.Host.OpenAsync(Control, TestContext.Current.CancellationToken);
        await SendAsync(other, [1, 2, 3]);
        Assert.Equal([1, 2, 3], await ReadAsync(other));
        Assert.False(stuck.IsCompleted);
        await silent.DisposeAsync();
        await Assert.ThrowsAsync<IOException>(() => stuck);
    }

    [Fact]
    public async Task What_was_left_in_the_port_before_the_greeting_is_passed_over_by_both()
    {
        var (host, guest) = await Sockets();
        await host.WriteAsync(RandomNumberGenerator.GetBytes(5000), TestContext.Current.CancellationToken);
        await guest.WriteAsync(RandomNumberGenerator.GetBytes(5000), TestContext.Current.CancellationToken);
        await using var pair = await Pair.OfAsync(host, guest, EchoAsync);
        await using var channel = await pair.Host.OpenAsync(Control, TestContext.Current.CancellationToken);
        await SendAsync(channel, [7]);
        Assert.Equal([7], await ReadAsync(channel));
    }

    [Fact]
    public async Task Garbage_ends_the_link_and_the_guest_welcomes_the_next_host_on_the_same_port()
    {
        var (host, guest) = await Sockets();
        var pair = await Pair.OfAsync(host, guest, EchoAsync);
        var open = await pair.Host.OpenAsync(Control, TestContext.Current.CancellationToken);
        await host.WriteAsync(Enumerable.Repeat((byte)0xEE, 100).ToArray(), TestContext.Current.CancellationToken);
        Assert.IsType<MalformedException>(await pair.Guest.Ended.WaitAsync(Patience, TestContext.Current.CancellationToken));
        Assert.IsAssignableFrom<IOException>(await pair.Host.Ended.WaitAsync(Patience, TestContext.Current.CancellationToken));
        Assert.Empty(await ReadAsync(open));

        await using var next = await Pair.OfAsync(host, guest, EchoAsync);
        await using var channel = await next.Host.OpenAsync(Control, TestContext.Current.CancellationToken);
        await SendAsync(channel, [9]);
        Assert.Equal([9], await ReadAsync(channel));
    }

    [Fact]
    public async Task An_announced_port_reaches_a_guest_that_takes_them_and_breaks_with_none_that_does_not()
    {
        var told = new TaskCompletionSource<ushort>();
        await using (var pair = await Pair.OfAsync(guest: EchoAsync, announced: port => told.TrySetResult(port)))
        {
            await pair.Host.AnnounceAsync(8443, TestContext.Current.CancellationToken);
            Assert.Equal(8443, await told.Task.WaitAsync(Patience, TestContext.Current.CancellationToken));
        }

        await using var refusing = await Pair.OfAsync(guest: EchoAsync);
        await refusing.Host.AnnounceAsync(8443, TestContext.Current.CancellationToken);
        await using var channel = await refusing.Host.OpenAsync(Control, TestContext.Current.CancellationToken);
        await SendAsync(channel, [1]);
        Assert.Equal([1], await ReadAsync(channel));
    }

    [Fact]
    public async Task An_orderly_end_is_told_from_a_loss()
    {
        await using var orderly = await Pair.OfAsync(guest: EchoAsync);
        await orderly.Host.ShutdownAsync(TestContext.Current.CancellationToken);
        Assert.Null(await orderly.Guest.Ended.WaitAsync(Patience, TestContext.Current.CancellationToken));

        var lost = await Pair.OfAsync(guest: EchoAsync);
        await lost.DisposeAsync();
        Assert.NotNull(await lost.Guest.Ended.WaitAsync(Patience, TestContext.Current.CancellationToken));
    }

    [Theory]
    [InlineData("00000000 09 00 0000 00000001")] // an unknown kind
    [InlineData("01000000 01 01 0000 00000001")] // an opening with a payload
    [InlineData("00000000 01 01 0050 00000001")] // a control channel with a port
    [InlineData("00000000 01 05 0000 00000001")] // a port without a number
    [InlineData("00000000 01 01 0000 02000000")] // an id of the other side's
    [InlineData("01800000 02 00 0000 01000000")] // more bytes than a frame has
    [InlineData("00000000 02 00 0000 01000000")] // no bytes
    [InlineData("00000000 07 00 0000 01000000")] // a reset of one channel
    public async Task A_frame_that_breaks_a_rule_ends_the_link(string hex)
    {
        var (host, guest) = await Sockets();
        await using var pair = await Pair.OfAsync(host, guest, EchoAsync);
        await host.WriteAsync(Convert.FromHexString(hex.Replace(" ", "", StringComparison.Ordinal)), TestContext.Current.CancellationToken);
        Assert.IsType<MalformedException>(await pair.Guest.Ended.WaitAsync(Patience, TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task A_relay_joins_a_socket_and_passes_on_that_one_side_is_done()
    {
        await using var pair = await Pair.OfAsync(guest: EchoAsync);
        var (near, far) = await Sockets();
        var relaying = ChannelRelay.RunAsync(await pair.Host.OpenAsync(Control, TestContext.Current.CancellationToken), far.Socket, TestContext.Current.CancellationToken);
        await near.WriteAsync(new byte[] { 4, 5, 6 }, TestContext.Current.CancellationToken);
        near.Socket.Shutdown(SocketShutdown.Send);
        Assert.Equal([4, 5, 6], await ReadAsync(near));
        await relaying.WaitAsync(Patience, TestContext.Current.CancellationToken);
    }

    private static async Task EchoAsync(ChannelStream channel)
    {
        await channel.CopyToAsync(channel);
        await channel.CompleteWritingAsync();

        // The other side closes when it has read everything.
        Assert.Equal(0, await channel.ReadAsync(new byte[1]));
    }

    private static async Task SendAsync(ChannelStream channel, byte[] bytes)
    {
        await channel.WriteAsync(bytes, TestContext.Current.CancellationToken);
        await channel.CompleteWritingAsync(TestContext.Current.CancellationToken);
    }

    private static async Task<byte[]> ReadAsync(Stream stream)
    {
        using var all = new MemoryStream();
        await stream.CopyToAsync(all, TestContext.Current.CancellationToken).WaitAsync(Patience, TestContext.Current.CancellationToken);
        return all.ToArray();
    }

    private static async Task<(NetworkStream Host, NetworkStream Guest)> Sockets()
    {
        using var listener = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        listener.Listen();
        var near = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        await near.ConnectAsync(listener.LocalEndPoint!, TestContext.Current.CancellationToken);
        return (new NetworkStream(near, ownsSocket: true), new NetworkStream(await listener.AcceptAsync(TestContext.Current.CancellationToken), ownsSocket: true));
    }

    private sealed record Pair(ChannelLink Host, ChannelLink Guest, Stream Port) : IAsyncDisposable
    {
        public static async Task<Pair> OfAsync(Func<ChannelStream, Task> guest, Func<ChannelStream, Task>? host = null, Action<ushort>? announced = null)
        {
            var (near, far) = await Sockets();
            return await OfAsync(near, far, guest, host, announced);
        }

        public static async Task<Pair> OfAsync(
            Stream near, Stream far, Func<ChannelStream, Task> guest, Func<ChannelStream, Task>? host = null, Action<ushort>? announced = null)
        {
            var welcoming = ChannelLink.WelcomeAsync(far, guest, announced, TestContext.Current.CancellationToken);
            var greeting = ChannelLink.GreetAsync(near, host ?? (_ => Task.CompletedTask), TestContext.Current.CancellationToken);
            return new Pair(await greeting.WaitAsync(Patience, TestContext.Current.CancellationToken), await welcoming.WaitAsync(Patience, TestContext.Current.CancellationToken), far);
        }

        public async ValueTask DisposeAsync()
        {
            await Host.DisposeAsync();
            await Port.DisposeAsync();
            await Guest.DisposeAsync();
        }
    }
}
