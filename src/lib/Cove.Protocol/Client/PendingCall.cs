using Cove.Protocol.Framing;
using Cove.Protocol.Messages;
using Cove.Protocol.Streams;

namespace Cove.Protocol.Client;

/// <summary>A call that waits for its answer, and its streams.</summary>
internal sealed class PendingCall(FrameWriter writer, ulong id)
{
    private readonly TaskCompletionSource begun = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>The answer frame; whoever awaits it disposes it.</summary>
    public TaskCompletionSource<Frame> Answer { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public StreamSender Input { get; } = new(writer, id, StdioChannel.Input);

    public StreamReceiver Output { get; } = new(writer, id, StdioChannel.Output);

    public StreamReceiver Error { get; } = new(writer, id, StdioChannel.Error);

    /// <summary>Runs once, when the guest says that it has begun, or at once where it said so before.</summary>
    public void OnBegun(Action run) => _ = begun.Task.ContinueWith(
        _ => run(), CancellationToken.None, TaskContinuationOptions.OnlyOnRanToCompletion | TaskContinuationOptions.RunContinuationsAsynchronously, TaskScheduler.Default);

    public void Begin() => begun.TrySetResult();

    public StreamReceiver? Receiver(StdioChannel channel) => channel switch
    {
        StdioChannel.Output => Output,
        StdioChannel.Error => Error,
        _ => null,
    };

    public void CompleteStreams()
    {
        Output.Complete();
        Error.Complete();
    }
}
