using Cove.Protocol.Messages;
using Cove.Runtime.Shim.Messages;
using Cove.Runtime.Shim.Pods;
using Cove.Runtime.Shim.Protobuf;
using Cove.Runtime.Shim.Ttrpc;

namespace Cove.Runtime.Shim.Tasks;

/// <summary>A container's figures, as the guest tells them where the policy allows it, in the form that containerd knows: cgroup v2 metrics.</summary>
internal static class ContainerStats
{
    private const long NanosecondsPerMicrosecond = 1000;
    private const string Type = "io.containerd.cgroups.v2.Metrics";

    public static async Task<Any> AskAsync(PodGuest guest, string guestId, CancellationToken cancellation)
    {
        var all = (await guest.Client.CallAsync(GuestCalls.GetProperties, new GetPropertiesRequest(), null, cancellation)).OrDenied("reading the container's figures");
        var figures = all.Containers.FirstOrDefault(one => one.ContainerId == guestId) ?? throw TtrpcException.NotFound($"container {guestId}");
        return new Any(Type, new ProtobufWriter()
            .Message(1, new ProtobufWriter().Number(1, figures.ProcessCount).ToArray())
            .Message(2, new ProtobufWriter().Number(1, (figures.ProcessorNanoseconds ?? 0) / NanosecondsPerMicrosecond).ToArray())
            .Message(4, new ProtobufWriter().Number(32, figures.MemoryBytes ?? 0).ToArray())
            .ToArray());
    }
}
