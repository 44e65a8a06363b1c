using Cove.Agent.Mounts;
using Cove.Guest.Layers;
using Cove.Guest.Machine;
using Cove.Outcomes;
using Cove.Protocol.Messages;
using Cove.Protocol.Server;

namespace Cove.Agent.Calls;

/// <summary>Layers and root file systems.</summary>
internal static class MountCalls
{
    /// <summary>Writable layer of a container whose host names no size. A limit, not a reservation.</summary>
    private const long DefaultScratchBytes = 4L << 30;

    public static GuestHandlers AddMountCalls(this GuestHandlers handlers, Guest guest) => handlers
        .On(GuestCalls.MountDevice, (request, cancellation) => MountDeviceAsync(guest, request, cancellation))
        .On(GuestCalls.UnmountDevice, (request, cancellation) => guest.ChangeAsync(() => UnmountDevice(guest, request), cancellation))
        .On(GuestCalls.MountOverlay, (request, cancellation) => guest.ChangeAsync(() => MountOverlayAsync(guest, request, cancellation), cancellation))
        .On(GuestCalls.UnmountOverlay, (request, cancellation) => guest.ChangeAsync(() => UnmountOverlay(guest, request), cancellation));

    private static Task<Verdict<MountDeviceResponse>> MountDeviceAsync(Guest guest, MountDeviceRequest request, CancellationToken cancellation) =>
        guest.AskAsync(async () =>
        {
            Checked.LayerOptions(request);
            guest.Mounts.RequireConsistent();

            // Copying takes long and changes nothing, so several layers are taken in at once; the decision and the mount come one by one.
            var layer = await TakeInAsync(request.ImagePath, guest.Folders.State, cancellation);
            var kept = false;
            try
            {
                return await guest.ChangeAsync(
                    () =>
                    {
                        guest.Mounts.RequireConsistent();
                        return Task.FromResult(guest.Gate.MountDevice(request.Target, layer.Root.Hex, () =>
                        {
                            guest.Mounts.MountLayer(request.Target, layer);
                            kept = true;
                            return new MountDeviceResponse(layer.Root.Hex);
                        }));
                    },
                    cancellation);
            }
            finally
            {
                if (!kept) layer.Dispose();
            }
        });

    /// <summary>A disk of the machine's is checked as it is read, for as long as it is mounted; a file is checked as it is copied.</summary>
    private static async Task<IReadOnlyLayer> TakeInAsync(string image, string state, CancellationToken cancellation)
    {
        if (!GuestPaths.IsLayerDisk(image, out var target))
            return await Task.Run(() => VerifiedLayer.TakeIn(image, state, cancellation), cancellation);
        var data = await ScsiDisks.FindAsync(target, unit: 0, cancellation);
        var tree = await ScsiDisks.FindAsync(target, unit: 1, cancellation);
        return VerityLayer.Open(data, tree);
    }

    private static Task<Verdict<Done>> UnmountDevice(Guest guest, UnmountDeviceRequest request)
    {
        Checked.GuestPath("target", request.Target);
        guest.Mounts.RequireConsistent();
        return Task.FromResult(guest.Gate.UnmountDevice(request.Target, () =>
        {
            guest.Mounts.UnmountLayer(request.Target);
            return new Done();
        }));
    }

    private static async Task<Verdict<Done>> MountOverlayAsync(Guest guest, MountOverlayRequest request, CancellationToken cancellation)
    {
        Checked.OverlayPaths(request, guest.Sandbox.Id);
        guest.Mounts.RequireConsistent();
        var scratch = request.ScratchBytes > 0 ? request.ScratchBytes : DefaultScratchBytes;
        await guest.Mounts.FindScratchAsync(cancellation);
        return guest.Gate.MountOverlay(request, () =>
        {
            guest.Mounts.MountOverlay(request, scratch);
            return new Done();
        });
    }

    private static Task<Verdict<Done>> UnmountOverlay(Guest guest, UnmountOverlayRequest request)
    {
        var id = Checked.Id("containerId", request.ContainerId);
        guest.Mounts.RequireConsistent();
        if (guest.Has(id) && guest.Container(id).State != ContainerState.Terminated)
            throw new GuestFailedException("mount-used", "the container has not ended");
        return Task.FromResult(guest.Gate.UnmountOverlay(GuestPaths.Rootfs(id), GuestPaths.Scratch(guest.Sandbox.Id, id), () =>
        {
            guest.Mounts.UnmountOverlay(id);
            return new Done();
        }));
    }
}
