using System.Buffers;
using System.Buffers.Binary;
using System.Collections.Concurrent;
using Cove.Outcomes;

namespace Cove.Protocol.Channels;

/// <summary>
/// Many channels over the one stream that joins a host and a machine: a serial port, which every monitor has, or a socket. What one channel
/// carries is not looked at; a peer that breaks the link's rules loses every channel, and nothing else happens to the other side.
/// </summary>
public sealed class ChannelLink : IAsyncDisposable
{
    private readonly Stream stream;
    private readonly bool host;
    private readonly Func<ChannelStream, Task> accept;
    private readonly Action<ushort>? announced;
    private readonly ConcurrentDictionary<uint, ChannelStream> channels = new();
    private readonly SemaphoreSlim writing = new(1, 1);
    private readonly CancellationTokenSource closing = new();
    private uint lastOpened;
    private uint lastAccepted;
    private int announcements;
    private volatile bool over;

    private ChannelLink(Stream stream, bool host, Func<ChannelStream, Task> accept, Action<ushort>? announced)
    {
        (this.stream, this.host, this.accept, this.announced) = (stream, host, accept, announced);
        lastOpened = host ? uint.MaxValue : 0;
        Ended = Task.Run(ReadAsync);
    }

    /// <summary>Completes when the link is over, with why; null after the other side asked for an end in order.</summary>
    public Task<Exception?> Ended { get; }

    /// <summary>The host's end: greets the guest, and waits until it answers.</summary>
    /// <param name="stream">The stream; owned from here on.</param>
    /// <param name="accept">Serves a channel that the guest opened, to its end. It must not throw.</param>
    /// <param name="cancellation">Stops waiting.</param>
    /// <exception cref="IOException">The stream ended.</exception>
    public static async Task<ChannelLink> GreetAsync(Stream stream, Func<ChannelStream, Task> accept, CancellationToken cancellation)
    {
        await LinkGreeting.GreetAsync(stream, cancellation);
        return new ChannelLink(stream, host: true, accept, announced: null);
    }

    /// <summary>The guest's end: waits for a host's greeting, passing over everything else.</summary>
    /// <param name="stream">The stream; it stays the caller's where the link is over and another greeting is to be waited for.</param>
    /// <param name="accept">Serves a channel that the host opened, to its end. It must not throw.</param>
    /// <param name="announced">Listens on a port that the host announced; null to refuse announcements.</param>
    /// <param name="cancellation">Stops waiting.</param>
    /// <exception cref="IOException">The stream ended.</exception>
    public static async Task<ChannelLink> WelcomeAsync(Stream stream, Func<ChannelStream, Task> accept, Action<ushort>? announced, CancellationToken cancellation)
    {
        await LinkGreeting.WelcomeAsync(stream, cancellation);
        return new ChannelLink(stream, host: false, accept, announced);
    }

    /// <summary>Opens a channel. Nothing tells whether anybody serves it: if not, it is closed at once.</summary>
    /// <exception cref="UnavailableException">The link is over.</exception>
    public async Task<ChannelStream> OpenAsync(ChannelTarget target, CancellationToken cancellation = default)
    {
        if (!target.IsWellFormed) throw new ArgumentException("a port needs a number, and nothing else has one", nameof(target));
        ChannelStream channel;
        await writing.WaitAsync(cancellation);
        try
        {
            // Ids must arrive in rising order, so taking one and sending it are one step. The host's are odd.
            lastOpened = unchecked(lastOpened + 2);
            channel = new ChannelStream(this, lastOpened, target);
            channels[channel.Id] = channel;
            await WriteAsync(new LinkFrame(0, LinkFrameKind.Open, target, channel.Id), default);
        }
        catch (Exception gone) when (gone is IOException or ObjectDisposedException)
        {
            throw new UnavailableException("guest", gone.Message, gone);
        }
        finally
        {
            writing.Release();
        }

        if (over) channel.Abandon();
        return channel;
    }

    /// <summary>Host: asks the guest to listen on a port of its localhost, and to open a channel for each connection.</summary>
    public Task AnnounceAsync(ushort port, CancellationToken cancellation = default) =>
        SendAsync(new LinkFrame(0, LinkFrameKind.Announce, new ChannelTarget(ChannelService.HostPort, port), 0), default, cancellation);

    /// <summary>Host: asks the guest to end in order. The link ends when it has.</summary>
    public Task ShutdownAsync(CancellationToken cancellation = default) => SendAsync(new LinkFrame(0, LinkFrameKind.Shutdown, default, 0), default, cancellation);

    /// <summary>Ends the link and its channels; the host's end also closes the stream.</summary>
    public async ValueTask DisposeAsync()
    {
        await closing.CancelAsync();
        if (host) await stream.DisposeAsync();
        if (host) await Ended;
    }

    internal Task SendAsync(LinkFrameKind kind, uint channel, ReadOnlyMemory<byte> payload, CancellationToken cancellation) =>
        SendAsync(new LinkFrame(payload.Length, kind, default, channel), payload, cancellation);

    internal async Task GrantAsync(uint channel, int bytes, CancellationToken cancellation)
    {
        if (!channels.ContainsKey(channel)) return;
        var payload = new byte[LinkFrame.CreditSize];
        BinaryPrimitives.WriteUInt32LittleEndian(payload, (uint)bytes);
        try
        {
            await SendAsync(LinkFrameKind.Credit, channel, payload, cancellation);
        }
        catch (Exception gone) when (gone is IOException or ObjectDisposedException)
        {
            // The link ended; what has arrived is still delivered.
        }
    }

    internal async Task CloseAsync(ChannelStream channel)
    {
        channel.Abandon();
        if (!channels.TryRemove(channel.Id, out _) || over) return;
        try
        {
            await SendAsync(LinkFrameKind.Close, channel.Id, default, CancellationToken.None);
        }
        catch (Exception gone) when (gone is IOException or ObjectDisposedException)
        {
            // With the link the channel is over too.
        }
    }

    private async Task SendAsync(LinkFrame frame, ReadOnlyMemory<byte> payload, CancellationToken cancellation)
    {
        await writing.WaitAsync(cancellation);
        try
        {
            await WriteAsync(frame, payload);
        }
        finally
        {
            writing.Release();
        }
    }

    /// <summary>Once begun a frame is written to its end: half a frame would bring every channel out of step.</summary>
    private async Task WriteAsync(LinkFrame frame, ReadOnlyMemory<byte> payload)
    {
        if (over) throw new IOException("the link is over");
        var size = LinkFrame.Size + payload.Length;
        var whole = ArrayPool<byte>.Shared.Rent(size);
        try
        {
            frame.Write(whole);
            payload.Span.CopyTo(whole.AsSpan(LinkFrame.Size));
            await stream.WriteAsync(whole.AsMemory(0, size), CancellationToken.None);
        }
        finally
        {
            whole.AsSpan(0, size).Clear();
            ArrayPool<byte>.Shared.Return(whole);
        }
    }

    private async Task<Exception?> ReadAsync()
    {
        Exception? why;
        var buffer = ArrayPool<byte>.Shared.Rent(LinkFrame.Size + ChannelLimits.MaxFrameBytes);
        try
        {
            while (true)
            {
                await stream.ReadExactlyAsync(buffer.AsMemory(0, LinkFrame.Size), closing.Token);
                var frame = LinkFrame.Parse(buffer);
                await stream.ReadExactlyAsync(buffer.AsMemory(0, frame.Length), closing.Token);
                if (frame.Kind == LinkFrameKind.Shutdown && !host) return null;
                Take(frame, buffer.AsSpan(0, frame.Length));
            }
        }
        catch (Exception failed) when (failed is IOException or OperationCanceledException or ObjectDisposedException or MalformedException)
        {
            why = failed;
        }
        finally
        {
            over = true;
            buffer.AsSpan().Clear();
            ArrayPool<byte>.Shared.Return(buffer);
            foreach (var channel in channels.Values) channel.Abandon();
            channels.Clear();
        }

        if (why is MalformedException) await SayResetAsync();
        return why;
    }

    private async Task SayResetAsync()
    {
        try
        {
            var frame = new byte[LinkFrame.Size];
            new LinkFrame(0, LinkFrameKind.Reset, default, 0).Write(frame);
            await writing.WaitAsync();
            try
            {
                await stream.WriteAsync(frame);
            }
            finally
            {
                writing.Release();
            }
        }
        catch (Exception gone) when (gone is IOException or ObjectDisposedException)
        {
            // Nobody is left to be told.
        }
    }

    private void Take(LinkFrame frame, ReadOnlySpan<byte> payload)
    {
        var known = channels.TryGetValue(frame.Channel, out var channel);
        switch (frame.Kind)
        {
            case LinkFrameKind.Open:
                Begin(frame);
                break;
            case LinkFrameKind.Announce when !host:
                if (++announcements > ChannelLimits.MaxPorts) throw new MalformedException("link", "announcements", $"are over {ChannelLimits.MaxPorts}");
                announced?.Invoke(frame.Target.Port);
                break;
            case LinkFrameKind.Data when !known || channel!.Accept(payload):
            case LinkFrameKind.Credit when !known || channel!.Grant(BinaryPrimitives.ReadUInt32LittleEndian(payload)):
            case LinkFrameKind.End when !known || channel!.End():
                break;
            case LinkFrameKind.Close:
                if (channels.TryRemove(frame.Channel, out var closed)) closed.Abandon();
                break;
            case LinkFrameKind.Reset:
                throw new IOException("the other side lost step and began anew");
            default:
                throw new MalformedException("link frame", frame.Kind.ToString(), "does not fit the state of its channel");
        }
    }

    private void Begin(LinkFrame frame)
    {
        // A host's channels are odd, a guest's even, and neither uses an id twice.
        if ((frame.Channel & 1) == (host ? 1u : 0u) || frame.Channel <= lastAccepted) throw new MalformedException("link frame", "channel", $"{frame.Channel} cannot be opened", 8);
        lastAccepted = frame.Channel;
        var channel = new ChannelStream(this, frame.Channel, frame.Target);
        channels[channel.Id] = channel;
        var crowded = channels.Count > ChannelLimits.MaxChannels;
        _ = Task.Run(async () =>
        {
            await using (channel)
            {
                if (!crowded) await accept(channel);
            }
        });
    }
}
