using Cove.Runtime.Shim.Messages;
using Cove.Runtime.Shim.Pods;

namespace Cove.Runtime.Shim.Tasks;

/// <summary>A further process of a container, from its request to its end.</summary>
internal sealed class ShimExec(ExecProcessRequest request, OciProcess process)
{
    public ShimProcess Process { get; } = new(request.Id, request.ExecId, request.Stdio);

    public OciProcess Asked => process;

    /// <summary>Open while it runs.</summary>
    public ProcessStreams? Streams { get; set; }
}
