using Cove.Agent.Mounts;
using Cove.Outcomes;
using Cove.Protocol.Messages;
using Cove.Protocol.Server;

namespace Cove.Agent.Calls;

/// <summary>
/// Writable space, and what a host may ask for beside it. The policy decides first; after it only what the guest has means for is done, and its
/// means is memory: it writes to nothing of its host.
/// </summary>
internal static class SpaceCalls
{
    /// <summary>Space whose host names no size. A limit, not a reservation.</summary>
    private const long DefaultBytes = 4L << 30;

    public static GuestHandlers AddSpaceCalls(this GuestHandlers handlers, Guest guest) => handlers
        .On(GuestCalls.MountWritableDevice, (request, cancellation) => Change(
            guest,
            request.Target,
            gate => gate.MountWritableDevice(request, () => Mount(guest, request.Target, request.Encrypted, request.SizeBytes)),
            cancellation))
        .On(GuestCalls.UnmountWritableDevice, (request, cancellation) => Change(
            guest, request.Target, gate => gate.UnmountWritableDevice(request.Target, () => Unmount(guest, request.Target)), cancellation))
        .On(GuestCalls.MountScratch, (request, cancellation) => Change(
            guest,
            request.Target,
            gate => gate.MountScratch(request.Target, request.Encrypted, () => Mount(guest, request.Target, request.Encrypted, request.SizeBytes)),
            cancellation))
        .On(GuestCalls.UnmountScratch, (request, cancellation) => Change(
            guest, request.Target, gate => gate.UnmountScratch(request.Target, () => Unmount(guest, request.Target)), cancellation))
        .On(GuestCalls.MountBlockDevice, (request, cancellation) => Change(
            guest, request.Target, gate => gate.MountBlockDevice(request.Target, NoDevice), cancellation))
        .On(GuestCalls.UnmountBlockDevice, (request, cancellation) => Change(
            guest, request.Target, gate => gate.UnmountBlockDevice(request.Target, NoDevice), cancellation))
        .On(GuestCalls.MountShared, (request, cancellation) => Change(
            guest, request.Target, gate => gate.MountShared(request.Target, NoFolder), cancellation))
        .On(GuestCalls.UnmountShared, (request, cancellation) => Change(
            guest, request.Target, gate => gate.UnmountShared(request.Target, NoFolder), cancellation));

    private static Task<Verdict<Done>> Change(Guest guest, string target, Func<Policy.PolicyGate, Verdict<Done>> decide, CancellationToken cancellation) =>
        guest.ChangeAsync(
            () =>
            {
                Checked.GuestPath("target", target);
                guest.Mounts.RequireConsistent();
                return Task.FromResult(decide(guest.Gate));
            },
            cancellation);

    private static Done Mount(Guest guest, string target, bool encrypted, long bytes)
    {
        if (!encrypted) throw ContainerCalls.NotSupported("writes nothing that others can read");
        guest.Mounts.MountSpace(target, bytes > 0 ? bytes : DefaultBytes);
        return new Done();
    }

    private static Done Unmount(Guest guest, string target)
    {
        guest.Mounts.UnmountSpace(target);
        return new Done();
    }

    private static Done NoDevice() => throw ContainerCalls.NotSupported("has no block devices");

    private static Done NoFolder() => throw ContainerCalls.NotSupported("mounts no folder of its host");
}
