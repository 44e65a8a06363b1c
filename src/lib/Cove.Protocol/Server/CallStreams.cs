using Cove.Protocol.Framing;
using Cove.Protocol.Messages;
using Cove.Protocol.Streams;

namespace Cove.Protocol.Server;

/// <summary>The guest's side of a call's three streams.</summary>
public sealed class CallStreams
{
    private readonly StreamReceiver input;
    private readonly StreamSender output;
    private readonly StreamSender error;
    private readonly FrameWriter writer;
    private readonly ulong id;
    private readonly Lock gate = new();
    private Action<TerminalSize>? resized;
    private TerminalSize? size;

    internal CallStreams(FrameWriter writer, ulong id)
    {
        (this.writer, this.id) = (writer, id);
        input = new StreamReceiver(writer, id, StdioChannel.Input);
        output = new StreamSender(writer, id, StdioChannel.Output);
        error = new StreamSender(writer, id, StdioChannel.Error);
    }

    /// <summary>Tells the host that what it asks for was allowed and has begun.</summary>
    public Task BeginAsync(CancellationToken cancellation) => writer.WriteBegunAsync(id, cancellation);

    /// <summary>Has the sizes that the host gives the call's terminal: the last one so far, and each that comes.</summary>
    public void OnResize(Action<TerminalSize> resize)
    {
        lock (gate)
        {
            resized = resize;
            if (size is { } known) resize(known);
        }
    }

    /// <summary>Copies what the host sends until it ends; null discards it.</summary>
    public Task CopyInputToAsync(Stream? destination, CancellationToken cancellation) => input.CopyToAsync(destination, cancellation);

    /// <summary>Sends bytes of standard output or error; waits while the host does not take them. One writer a channel.</summary>
    public Task SendAsync(StdioChannel channel, ReadOnlyMemory<byte> bytes, CancellationToken cancellation) =>
        Sender(channel).SendAsync(bytes, cancellation);

    /// <summary>Copies a stream to standard output or error until it ends.</summary>
    public async Task CopyFromAsync(Stream source, StdioChannel channel, CancellationToken cancellation)
    {
        var buffer = new byte[ProtocolLimits.MaxDataBytes];
        while (await source.ReadAsync(buffer, cancellation) is var read and > 0) await SendAsync(channel, buffer.AsMemory(0, read), cancellation);
    }

    internal bool Accept(StdioChannel channel, ReadOnlySpan<byte> bytes) => channel == StdioChannel.Input && input.Accept(bytes);

    internal bool Complete(StdioChannel channel) => channel == StdioChannel.Input && input.Complete();

    internal bool Resize(TerminalSize given)
    {
        lock (gate)
        {
            size = given;
            resized?.Invoke(given);
        }

        return true;
    }

    internal void Abandon() => input.Complete();

    internal bool Grant(StdioChannel channel, uint bytes) => channel != StdioChannel.Input && Sender(channel).Grant(bytes);

    private StreamSender Sender(StdioChannel channel) => channel == StdioChannel.Error ? error : output;
}
