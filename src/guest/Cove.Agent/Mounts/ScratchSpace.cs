using Cove.Guest.Layers;
using Cove.Guest.Machine;
using Cove.Guest.Mounts;

namespace Cove.Agent.Mounts;

/// <summary>
/// Where what containers write goes: to the machine's scratch disk, encrypted under a key that only this guest ever had, or to memory where
/// there is no such disk. A host can take the choice of the two away from the guest, but neither shows it a byte.
/// </summary>
/// <param name="folders">The guest's folders.</param>
/// <param name="disk">The disk's SCSI target; null outside a machine.</param>
internal sealed class ScratchSpace(GuestFolders folders, int? disk)
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    private EncryptedScratch? scratch;
    private string? device;
    private bool looked;

    /// <summary>Looks for the disk, once: the kernel may not be done with that when the first container comes.</summary>
    public async Task FindAsync(CancellationToken cancellation)
    {
        if (looked || disk is not { } target) return;
        device = await ScsiDisks.FindFixedAsync(target, unit: 0, cancellation);
        looked = true;
    }

    /// <summary>Mounts room of a container's own. Its size is limited in memory; the disk is shared by the containers of the group.</summary>
    /// <exception cref="Cove.Guest.Linux.LinuxException">The kernel refused; the disk is not given up for memory then.</exception>
    public void Mount(string containerId, string target, long bytes)
    {
        if (device is null)
        {
            GuestMounts.MountMemory(target, bytes, OwnerOnly, asRoot: true);
            return;
        }

        scratch ??= EncryptedScratch.Open(device, folders.Scratch);
        var folder = Path.Combine(scratch.Folder, containerId);
        Directory.CreateDirectory(folder, OwnerOnly);
        GuestMounts.MountFolder(folder, target);
    }

    /// <summary>Gives a container's room back once it is unmounted.</summary>
    public void Clear(string containerId)
    {
        if (scratch is null) return;
        try
        {
            Directory.Delete(Path.Combine(scratch.Folder, containerId), recursive: true);
        }
        catch (Exception kept) when (kept is IOException or UnauthorizedAccessException)
        {
            // A file that its container made immutable keeps its room, until it is gone with the key.
        }
    }
}
