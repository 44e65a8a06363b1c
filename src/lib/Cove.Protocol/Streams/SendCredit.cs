namespace Cove.Protocol.Streams;

/// <summary>How much a sender may still send before its receiver has taken some: never more than one window is under way.</summary>
internal sealed class SendCredit(int window)
{
    private readonly Lock gate = new();
    private long left = window;
    private bool closed;
    private TaskCompletionSource? waiting;

    /// <summary>Waits until something may be sent, and takes up to so many bytes.</summary>
    /// <exception cref="IOException">There is no receiver any more.</exception>
    public async Task<int> TakeAsync(int wanted, CancellationToken cancellation)
    {
        while (true)
        {
            TaskCompletionSource source;
            lock (gate)
            {
                if (closed) throw new IOException("the channel was closed");
                if (left > 0)
                {
                    var taken = (int)Math.Min(left, wanted);
                    left -= taken;
                    return taken;
                }

                source = waiting ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            }

            await source.Task.WaitAsync(cancellation);
        }
    }

    /// <summary>The receiver took bytes. False where it claims to have taken more than were sent.</summary>
    public bool Grant(uint bytes)
    {
        lock (gate)
        {
            if (left + bytes > window) return false;
            left += bytes;
            Wake();
            return true;
        }
    }

    /// <summary>There is no receiver any more: who waits is told, and so is who comes.</summary>
    public void Close()
    {
        lock (gate)
        {
            closed = true;
            Wake();
        }
    }

    private void Wake()
    {
        waiting?.TrySetResult();
        waiting = null;
    }
}
