using System.Threading.Channels;
using Cove.Outcomes;
using Cove.Protocol.Messages;
using Cove.Runtime.Shim.Messages;
using Cove.Runtime.Shim.Pods;
using Cove.Runtime.Shim.Ttrpc;

namespace Cove.Runtime.Shim.Tasks;

/// <summary>A further process of a container, from its request to its end. In the guest it is one call, which lasts as long as the process.</summary>
/// <param name="request">What was asked for.</param>
/// <param name="asked">The process.</param>
internal sealed class ShimExec(ExecProcessRequest request, OciProcess asked) : IDisposable
{
    private const int Killed = 128 + 9;
    private const int UnknownExit = 255;

    private readonly CancellationTokenSource killed = new();
    private readonly Channel<TerminalSize> sizes = Sizes();
    private readonly Lock gate = new();
    private ProcessStreams? streams;
    private bool inputEnded;

    public ShimProcess Process { get; } = new(request.Id, request.ExecId, request.Stdio);

    /// <summary>For the sizes of a terminal, of which only the newest matters.</summary>
    public static Channel<TerminalSize> Sizes() => Channel.CreateBounded<TerminalSize>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropOldest });

    /// <summary>Starts it, and returns once the guest has begun it.</summary>
    /// <param name="guest">Where it runs.</param>
    /// <param name="guestId">The container, as the guest calls it.</param>
    /// <param name="own">The container's first process: what the exec shares with it is not sent again.</param>
    /// <param name="started">Called before anything can have ended.</param>
    /// <param name="ended">Called with its exit code, after all its output was delivered.</param>
    /// <exception cref="TtrpcException">The guest's policy does not list it.</exception>
    public async Task StartAsync(PodGuest guest, string guestId, OciProcess own, Action started, Action<int> ended)
    {
        Process.Begin();
        var begun = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        Task<Verdict<ExecResponse>> call;
        try
        {
            var opened = Opened(ProcessStreams.Open(request.Stdio));
            var stdio = opened.ForGuest with { Begun = () => begun.TrySetResult(), Sizes = sizes.Reader };
            call = guest.Client.CallAsync(GuestCalls.Exec, Ask(guestId, own), stdio, killed.Token);
            if (await Task.WhenAny(call, begun.Task) == call && !begun.Task.IsCompleted) (await call).OrDenied("the process");
        }
        catch
        {
            streams?.Dispose();
            throw;
        }

        started();
        _ = FollowAsync(call, ended);
    }

    /// <summary>Gives up the call, which ends the process.</summary>
    public Task KillAsync() => killed.CancelAsync();

    public void Dispose() => killed.Dispose();

    public void CloseInput()
    {
        lock (gate)
        {
            inputEnded = true;
            streams?.EndInput();
        }
    }

    public void Resize(TerminalSize size) => sizes.Writer.TryWrite(size);

    /// <summary>The argv that signals name it by.</summary>
    public IReadOnlyList<string> Args => asked.Args;

    /// <summary>Whoever writes the input may have written and ended it as soon as it was open, before it is known here.</summary>
    private ProcessStreams Opened(ProcessStreams opened)
    {
        lock (gate)
        {
            streams = opened;
            if (inputEnded) opened.EndInput();
            return opened;
        }
    }

    private ExecRequest Ask(string guestId, OciProcess own) => new(
        guestId,
        asked.Args,
        Env: asked.Env.SequenceEqual(own.Env, StringComparer.Ordinal) ? null : asked.Env,
        WorkingDirectory: asked.WorkingDirectory == own.WorkingDirectory ? null : asked.WorkingDirectory,
        User: asked.User == own.User ? null : asked.User,
        Umask: asked.Umask == own.Umask ? null : asked.Umask,
        Capabilities: asked.Capabilities.SameAs(own.Capabilities) ? null : asked.Capabilities,
        NoNewPrivileges: asked.NoNewPrivileges == own.NoNewPrivileges ? null : asked.NoNewPrivileges,
        Terminal: request.Stdio.Terminal);

    private async Task FollowAsync(Task<Verdict<ExecResponse>> call, Action<int> ended)
    {
        var code = UnknownExit;
        try
        {
            if ((await call).IsAccepted(out var exit, out _)) code = exit.ExitCode;
        }
        catch (OperationCanceledException)
        {
            code = Killed;
        }
        catch (Exception gone) when (gone is UnavailableException or GuestFailedException or IOException or ObjectDisposedException)
        {
            // The guest is gone, or it could not start what it had allowed.
        }

        streams?.Dispose();
        ended(code);
    }
}
