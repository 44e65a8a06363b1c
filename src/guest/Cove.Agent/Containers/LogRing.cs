using Cove.Protocol.Messages;

namespace Cove.Agent.Containers;

/// <summary>The newest output of a container, bounded; any number of readers may follow it, and a slow one holds up nobody.</summary>
internal sealed class LogRing(int capacity = LogRing.DefaultCapacity)
{
    public const int DefaultCapacity = 1024 * 1024;

    /// <summary>Small writes are joined up to this size, so that a container that prints byte by byte costs no object a byte.</summary>
    private const int JoinSize = 4096;

    private readonly Lock gate = new();
    private readonly Queue<Chunk> chunks = new();
    private Chunk? newest;
    private long begin;
    private long end;
    private bool complete;
    private TaskCompletionSource changed = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private sealed class Chunk(StdioChannel channel, long start, byte[] bytes)
    {
        public StdioChannel Channel => channel;

        public long Start => start;

        public byte[] Bytes { get; set; } = bytes;
    }

    public void Append(StdioChannel channel, ReadOnlySpan<byte> bytes)
    {
        if (bytes.IsEmpty) return;
        lock (gate)
        {
            if (newest is { } last && last.Channel == channel && last.Bytes.Length + bytes.Length <= JoinSize)
                last.Bytes = [.. last.Bytes, .. bytes];
            else
                chunks.Enqueue(newest = new Chunk(channel, end, bytes.ToArray()));
            end += bytes.Length;
            while (end - begin > capacity && chunks.Count > 1) begin += chunks.Dequeue().Bytes.Length;
            Wake();
        }
    }

    /// <summary>Nothing will be appended any more.</summary>
    public void Complete()
    {
        lock (gate)
        {
            complete = true;
            Wake();
        }
    }

    /// <summary>Copies what is held, and what is still to come if asked to. Returns how many bytes were gone before they could be read.</summary>
    public async Task<long> CopyToAsync(Func<StdioChannel, ReadOnlyMemory<byte>, Task> send, bool follow, CancellationToken cancellation)
    {
        long at = 0, missed = 0;
        while (true)
        {
            var (found, channel, bytes, wait) = Next(ref at, ref missed);
            if (found) await send(channel, bytes);
            else if (wait is null || !follow) return missed;
            else await wait.WaitAsync(cancellation);
        }
    }

    private (bool Found, StdioChannel Channel, ReadOnlyMemory<byte> Bytes, Task? Wait) Next(ref long at, ref long missed)
    {
        lock (gate)
        {
            if (at < begin) (missed, at) = (missed + begin - at, begin);
            if (at == end) return (false, default, default, complete ? null : changed.Task);
            foreach (var chunk in chunks)
            {
                if (at >= chunk.Start + chunk.Bytes.Length) continue;
                var rest = chunk.Bytes.AsMemory((int)(at - chunk.Start));
                at += rest.Length;
                return (true, chunk.Channel, rest, null);
            }

            throw new InvalidOperationException("the chunks cover everything between begin and end");
        }
    }

    private void Wake()
    {
        changed.TrySetResult();
        changed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
