using System.Threading.Channels;
using Cove.Outcomes;
using Cove.Runtime.Shim.Messages;
using Cove.Runtime.Shim.Ttrpc;

namespace Cove.Runtime.Shim.Containerd;

/// <summary>
/// Tells containerd what happens, in order, over one connection that is made anew when it breaks. While containerd is away events wait;
/// one that nobody takes for too long is dropped, as containerd asks for the state of everything when it is back.
/// </summary>
internal sealed class EventPublisher : IAsyncDisposable
{
    private const string Service = "containerd.services.events.ttrpc.v1.Events";
    private const int MaxWaiting = 4096;
    private static readonly TimeSpan CallTime = TimeSpan.FromSeconds(5), Pause = TimeSpan.FromMilliseconds(500), Patience = TimeSpan.FromMinutes(2);

    private readonly Channel<TaskEvent> waiting = Channel.CreateBounded<TaskEvent>(new BoundedChannelOptions(MaxWaiting) { FullMode = BoundedChannelFullMode.DropOldest });
    private readonly CancellationTokenSource stopping = new();
    private readonly string socket;
    private readonly string containerdNamespace;
    private readonly TimeProvider time;
    private readonly ShimLog log;
    private readonly Task publishing;
    private TtrpcClient? client;

    /// <param name="socket">containerd's ttrpc socket; empty for none, then nothing is told.</param>
    /// <param name="containerdNamespace">The namespace of everything here.</param>
    public EventPublisher(string socket, string containerdNamespace, TimeProvider time, ShimLog log)
    {
        (this.socket, this.containerdNamespace, this.time, this.log) = (socket, containerdNamespace, time, log);
        publishing = socket.Length == 0 ? Task.CompletedTask : PublishAsync();
    }

    public void Publish(TaskEvent said) => waiting.Writer.TryWrite(said);

    /// <summary>Sends what waits, as long as somebody takes it, then stops.</summary>
    public async ValueTask DisposeAsync()
    {
        waiting.Writer.TryComplete();
        await Task.WhenAny(publishing, Task.Delay(CallTime, time));
        await stopping.CancelAsync();
        await publishing;
        if (client is not null) await client.DisposeAsync();
        stopping.Dispose();
    }

    private async Task PublishAsync()
    {
        await Task.Yield();
        try
        {
            await foreach (var next in waiting.Reader.ReadAllAsync(stopping.Token)) await DeliverAsync(next);
        }
        catch (OperationCanceledException)
        {
            // Stopped while containerd was away.
        }
    }

    private async Task DeliverAsync(TaskEvent said)
    {
        var request = new TtrpcRequest(
            Service, "Forward", said.ToForwardRequest(containerdNamespace, time.GetUtcNow()), (long)CallTime.TotalNanoseconds, [new(TtrpcRequest.NamespaceKey, containerdNamespace)]);
        for (var began = time.GetTimestamp(); ;)
        {
            try
            {
                using var late = CancellationTokenSource.CreateLinkedTokenSource(stopping.Token);
                late.CancelAfter(CallTime);
                client ??= await TtrpcClient.ConnectAsync(socket, late.Token);
                await client.CallAsync(request, late.Token);
                return;
            }
            catch (TtrpcException refused)
            {
                log.Write($"containerd refused the event {said.Topic}: {refused.Message}");
                return;
            }
            catch (Exception gone) when (gone is UnavailableException or MalformedException or OperationCanceledException)
            {
                if (client is not null) await client.DisposeAsync();
                client = null;
                if (time.GetElapsedTime(began) > Patience)
                {
                    log.Write($"containerd did not take the event {said.Topic}: {gone.Message}");
                    return;
                }
            }

            await Task.Delay(Pause, time, stopping.Token);
        }
    }
}
