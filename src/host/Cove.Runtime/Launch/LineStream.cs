namespace Cove.Runtime.Launch;

/// <summary>Writes a container's output to its log file, and says each line as it is completed.</summary>
internal sealed class LineStream(Stream file, Action<string> say) : Stream
{
    /// <summary>A line longer than this is said in pieces.</summary>
    private const int MaxLine = 64 * 1024;

    private readonly List<byte> line = [];

    public override bool CanRead => false;

    public override bool CanSeek => false;

    public override bool CanWrite => true;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

    public override void Write(ReadOnlySpan<byte> buffer)
    {
        lock (line)
        {
            file.Write(buffer);
            file.Flush();
            while (buffer.Length > 0)
            {
                var end = buffer.IndexOf((byte)'\n');
                var part = end < 0 ? buffer : buffer[..end];
                part = part[..Math.Min(part.Length, MaxLine - line.Count)];
                line.AddRange(part);
                buffer = buffer[part.Length..];
                var ended = buffer.Length > 0 && buffer[0] == '\n';
                if (ended) buffer = buffer[1..];
                if (ended || line.Count == MaxLine) Say();
            }
        }
    }

    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken)
    {
        Write(buffer.AsSpan(offset, count));
        return Task.CompletedTask;
    }

    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        Write(buffer.Span);
        return ValueTask.CompletedTask;
    }

    public override void Flush() => file.Flush();

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        lock (line)
        {
            if (disposing && line.Count > 0) Say();
        }

        base.Dispose(disposing);
    }

    private void Say()
    {
        say(System.Text.Encoding.UTF8.GetString(System.Runtime.InteropServices.CollectionsMarshal.AsSpan(line)));
        line.Clear();
    }
}
