using Cove.Protocol.Messages;
using Cove.Protocol.Server;

namespace Cove.Agent.Calls;

/// <summary>The pipes of a process on the streams of the call that started it.</summary>
internal static class ProcessStreams
{
    public static async Task WriteInputAsync(CallStreams streams, bool allowed, Stream input, CancellationToken cancellation)
    {
        await using (input)
        {
            try
            {
                await streams.CopyInputToAsync(allowed ? input : null, cancellation);
            }
            catch (Exception closed) when (closed is IOException or OperationCanceledException)
            {
                // The process took no more, or ended.
            }
        }
    }

    /// <summary>Types what the host sends at a terminal, which is its reader's to close: that no more is typed does not end it.</summary>
    public static async Task TypeAsync(CallStreams streams, Stream terminal, CancellationToken cancellation)
    {
        try
        {
            await streams.CopyInputToAsync(terminal, cancellation);
        }
        catch (Exception closed) when (closed is IOException or OperationCanceledException or ObjectDisposedException)
        {
            // Nobody reads it any more.
        }
    }

    public static Task ReadAsync(Stream stream, StdioChannel channel, CallStreams? streams, CancellationToken cancellation) => Task.Factory.StartNew(
        () =>
        {
            using (stream)
            {
                var buffer = new byte[64 * 1024];
                while (stream.Read(buffer) is var read and > 0)
                {
                    if (streams is null || cancellation.IsCancellationRequested) continue;
                    try
                    {
                        streams.SendAsync(channel, buffer.AsMemory(0, read), cancellation).GetAwaiter().GetResult();
                    }
                    catch (Exception gone) when (gone is IOException or OperationCanceledException or ObjectDisposedException)
                    {
                        // The host is gone: the rest is read and dropped, so that the process can end.
                        streams = null;
                    }
                }
            }
        },
        CancellationToken.None,
        TaskCreationOptions.LongRunning,
        TaskScheduler.Default);
}
