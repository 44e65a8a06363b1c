using Cove.Protocol.Client;
using Cove.Runtime.Shim.Messages;
using Cove.Runtime.Shim.Stdio;
using Cove.Runtime.Shim.Ttrpc;

namespace Cove.Runtime.Shim.Tasks;

/// <summary>The open ends of a process's FIFOs.</summary>
internal sealed class ProcessStreams : IDisposable
{
    private readonly FifoInput? input;
    private readonly FifoOutput? output;
    private readonly FifoOutput? error;

    private ProcessStreams(FifoInput? input, FifoOutput? output, FifoOutput? error) => (this.input, this.output, this.error) = (input, output, error);

    public GuestStdio ForGuest => new(input, output, error);

    public static ProcessStreams Open(StdioPaths paths)
    {
        foreach (var path in (string[])[paths.Input, paths.Output, paths.Error])
        {
            if (path.Contains("://", StringComparison.Ordinal)) throw new TtrpcException(TtrpcCode.Unimplemented, $"a stream of {path.Split("://")[0]}:// is not served here: only FIFOs are");
        }

        FifoInput? input = null;
        FifoOutput? output = null;
        try
        {
            input = FifoInput.Open(paths.Input);
            output = FifoOutput.Open(paths.Output);
            return new ProcessStreams(input, output, paths.Terminal ? null : FifoOutput.Open(paths.Error));
        }
        catch
        {
            input?.Dispose();
            output?.Dispose();
            throw;
        }
    }

    public void EndInput() => input?.End();

    /// <summary>Waits for nobody who might read the rest.</summary>
    public void GiveUp()
    {
        output?.GiveUp();
        error?.GiveUp();
    }

    public void Dispose()
    {
        input?.Dispose();
        output?.Dispose();
        error?.Dispose();
    }
}
