using Cove.Guest.Layers;
using Cove.Guest.Mounts;
using Cove.Protocol.Messages;

namespace Cove.Agent.Mounts;

/// <summary>
/// What is mounted, and what uses it. A layer that an overlay uses cannot be unmounted. An unmount that fails leaves the guest
/// inconsistent for good: what the policy believes and what is mounted may differ, so nothing is mounted or created any more.
/// </summary>
internal sealed class MountTable(GuestFolders folders, ScratchSpace scratchSpace)
{
    private readonly Dictionary<string, MountedLayer> layers = new(StringComparer.Ordinal);
    private readonly Dictionary<string, MountedOverlay> overlays = new(StringComparer.Ordinal);
    private readonly HashSet<string> spaces = new(StringComparer.Ordinal);
    private bool inconsistent;

    private sealed class MountedLayer(IReadOnlyLayer layer)
    {
        public IReadOnlyLayer Layer => layer;

        public int Uses { get; set; }
    }

    private sealed record MountedOverlay(IReadOnlyList<MountedLayer> Layers, string Target, string Scratch);

    /// <exception cref="GuestFailedException">An unmount failed before.</exception>
    public void RequireConsistent()
    {
        if (inconsistent) throw new GuestFailedException("guest-inconsistent", "an unmount failed before: this guest mounts and creates nothing any more");
    }

    /// <summary>Mounts a layer and keeps its copy; the caller keeps it where this throws.</summary>
    public void MountLayer(string target, IReadOnlyLayer layer)
    {
        if (layers.ContainsKey(target)) throw new GuestFailedException("mount-exists", "something is mounted there");
        layer.Mount(folders.Real(target));
        layers.Add(target, new MountedLayer(layer));
    }

    public void UnmountLayer(string target)
    {
        var layer = layers.GetValueOrDefault(target) ?? throw new GuestFailedException("mount-unknown", "no layer is mounted there");
        if (layer.Uses > 0) throw new GuestFailedException("mount-used", $"{layer.Uses} root file systems use the layer");
        Unmount(folders.Real(target));
        layers.Remove(target);
        layer.Layer.Dispose();
    }

    /// <summary>Before the first root file system: whether there is a disk for what containers write.</summary>
    public Task FindScratchAsync(CancellationToken cancellation) => scratchSpace.FindAsync(cancellation);

    public void MountOverlay(MountOverlayRequest request, long scratchBytes)
    {
        if (overlays.ContainsKey(request.ContainerId)) throw new GuestFailedException("mount-exists", "the container has a root file system");
        var used = request.Layers.Select(layer =>
            layers.GetValueOrDefault(layer) ?? throw new GuestFailedException("mount-unknown", $"no layer is mounted on {layer}")).ToList();
        var (scratch, target) = (folders.Real(request.ScratchPath), folders.Real(request.Target));
        scratchSpace.Mount(request.ContainerId, scratch, scratchBytes);
        try
        {
            GuestMounts.MountOverlay([.. request.Layers.Select(folders.Real)], Path.Combine(scratch, "upper"), Path.Combine(scratch, "work"), target);
        }
        catch
        {
            Unmount(scratch);
            scratchSpace.Clear(request.ContainerId);
            throw;
        }

        foreach (var layer in used) layer.Uses++;
        overlays.Add(request.ContainerId, new MountedOverlay(used, target, scratch));
    }

    public void UnmountOverlay(string containerId)
    {
        var overlay = overlays.GetValueOrDefault(containerId) ?? throw new GuestFailedException("mount-unknown", "the container has no root file system");
        Unmount(overlay.Target);
        foreach (var layer in overlay.Layers) layer.Uses--;
        overlays.Remove(containerId);
        Unmount(overlay.Scratch);
        scratchSpace.Clear(containerId);
    }

    /// <summary>
    /// Mounts writable space in the guest's memory, where nothing is yet: over something it would hide what the policy believes to be there.
    /// </summary>
    public void MountSpace(string target, long bytes)
    {
        var real = folders.Real(target);
        if (Path.Exists(real)) throw new GuestFailedException("mount-exists", "something is there already");
        GuestMounts.MountMemory(real, bytes, (UnixFileMode)0b111_000_000);
        spaces.Add(target);
    }

    /// <summary>Unmounts such space, once nothing is in it.</summary>
    public void UnmountSpace(string target)
    {
        if (!spaces.Contains(target)) throw new GuestFailedException("mount-unknown", "no writable space is mounted there");
        var real = folders.Real(target);
        if (Directory.EnumerateFileSystemEntries(real).Any()) throw new GuestFailedException("mount-used", "there is something in it");
        Unmount(real);
        spaces.Remove(target);
        Directory.Delete(real);
    }

    /// <summary>The container's root file system, where it is mounted; null where it has none.</summary>
    public string? Rootfs(string containerId) => overlays.GetValueOrDefault(containerId)?.Target;

    /// <summary>The container's root file system, where it is mounted.</summary>
    /// <exception cref="GuestFailedException">It has none.</exception>
    public string RequireRootfs(string containerId) =>
        Rootfs(containerId) ?? throw new GuestFailedException("mount-unknown", "the container has no root file system");

    /// <summary>Takes everything down, as far as it goes: the guest is ending.</summary>
    public void Clear()
    {
        foreach (var container in overlays.Keys.ToList()) Try(() => UnmountOverlay(container));
        foreach (var target in layers.Keys.ToList()) Try(() => UnmountLayer(target));
        foreach (var target in spaces.OrderByDescending(target => target.Length).ToList()) Try(() => UnmountSpace(target));
    }

    private void Unmount(string target)
    {
        try
        {
            GuestMounts.Unmount(target);
        }
        catch
        {
            inconsistent = true;
            throw;
        }
    }

    private static void Try(Action unmount)
    {
        try
        {
            unmount();
        }
        catch (Exception failed) when (failed is IOException or GuestFailedException)
        {
            // The namespace takes it down when its last process ends.
        }
    }
}
