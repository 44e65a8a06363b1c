using Cove.Guest.Layers;
using Cove.Guest.Linux;

namespace Cove.Guest.Mounts;

/// <summary>The mounts a guest makes, all in its own mount namespace, all gone with it.</summary>
public static class GuestMounts
{
    /// <summary>The kernel takes mount options of one page.</summary>
    private const int MaximumOptionBytes = 4095;

    /// <summary>Makes every mount of this namespace private, so that nothing mounted from now on is seen outside.</summary>
    public static void Detach() =>
        LinuxException.Check(Libc.Mount(null, "/", null, Libc.MountRecursive | Libc.MountPrivate, null), "make the mounts private");

    /// <summary>Mounts a layer's copy read-only; <c>noload</c> because a journal must not be replayed on it.</summary>
    public static void MountLayer(VerifiedLayer layer, string target)
    {
        using var loop = LoopDevice.Attach(layer.Content);
        MountReadOnly(loop.Path, target);
    }

    /// <summary>Mounts the ext4 file system on a device read-only; <c>noload</c> because a journal must not be replayed on it.</summary>
    internal static void MountReadOnly(string device, string target)
    {
        CreateFolder(target);
        LinuxException.Check(Libc.Mount(device, target, "ext4", Libc.MountReadOnly, "noload"), $"mount layer on {target}");
    }

    /// <summary>
    /// Mounts the ext4 file system on a device to be written: what is in it becomes part of containers' root file systems. Without barriers,
    /// as nobody reads it after the machine.
    /// </summary>
    internal static void MountWritable(string device, string target)
    {
        CreateFolder(target);
        LinuxException.Check(Libc.Mount(device, target, "ext4", 0, "barrier=0"), $"mount scratch on {target}");
    }

    /// <summary>Shows a folder at a second place.</summary>
    public static void MountFolder(string folder, string target)
    {
        CreateFolder(target);
        LinuxException.Check(Libc.Mount(folder, target, null, Libc.MountBind, null), $"mount {folder} on {target}");
    }

    /// <summary>Mounts one of the kernel's own file systems.</summary>
    /// <param name="type">Its type, e.g. <c>proc</c>.</param>
    /// <param name="target">Where; made.</param>
    /// <param name="options">Options of the type; null for none.</param>
    public static void MountKernel(string type, string target, string? options = null)
    {
        CreateFolder(target);
        var flags = Libc.MountNoSuid | Libc.MountNoExec | (type is "devtmpfs" or "devpts" ? 0 : Libc.MountNoDev);
        LinuxException.Check(Libc.Mount(type, target, type, flags, options), $"mount {type} on {target}");
    }

    /// <summary>
    /// Makes the root a mount of its own over the kernel's first one, which no container can be pivoted away from (pivot_root(2)).
    /// </summary>
    public static void MoveRoot(string place)
    {
        CreateFolder(place);
        LinuxException.Check(Libc.Mount("/", place, null, Libc.MountBind, null), "bind the root");
        LinuxException.Check(Libc.ChangeFolder(place), $"enter {place}");
        LinuxException.Check(Libc.Mount(".", "/", null, Libc.MountMove, null), "move the root");
        LinuxException.Check(Libc.ChangeRoot("."), "change the root");
        LinuxException.Check(Libc.ChangeFolder("/"), "enter the root");
    }

    /// <summary>Mounts the ext4 file system in a file, through a loop device that goes past the page cache of that file's own file system.</summary>
    /// <param name="image">The file.</param>
    /// <param name="target">Where.</param>
    /// <param name="writable">Otherwise it is read-only, and a journal is not replayed.</param>
    /// <exception cref="LinuxException">The file holds no ext4 file system, or this process may not mount.</exception>
    public static void MountVolume(string image, string target, bool writable)
    {
        using var loop = LoopDevice.AttachDirect(image, writable);
        MountVolumeDevice(loop.Path, target, writable);
    }

    /// <summary>Mounts the ext4 file system on a device, whose content comes from elsewhere: neither devices nor setuid files in it mean anything.</summary>
    internal static void MountVolumeDevice(string device, string target, bool writable)
    {
        CreateFolder(target);
        var flags = Libc.MountNoSuid | Libc.MountNoDev | (writable ? 0 : Libc.MountReadOnly);
        LinuxException.Check(Libc.Mount(device, target, "ext4", flags, writable ? null : "noload"), $"mount volume on {target}");
    }

    /// <summary>Lets mounts that a privileged container makes in this mount be seen wherever it is mounted, as volumes of a group are.</summary>
    public static void Share(string target) => LinuxException.Check(Libc.Mount(null, target, null, Libc.MountShared, null), $"share the mounts of {target}");

    /// <summary>Writes back everything that was written to the file system there (syncfs(2)).</summary>
    public static void Sync(string target)
    {
        using var folder = new Microsoft.Win32.SafeHandles.SafeFileHandle(
            LinuxException.Check(Libc.Open(target, Libc.OpenReadOnly | Libc.OpenCloseOnExec), $"open {target}"), ownsHandle: true);
        LinuxException.Check(Libc.SyncFileSystem(folder.DangerousGetHandle().ToInt32()), $"sync {target}");
    }

    /// <summary>Takes down whatever is mounted there, in use or not; false where nothing was.</summary>
    public static bool TryDetach(string target)
    {
        if (Libc.Unmount(target, Libc.UnmountDetach | Libc.UnmountNoFollow) == 0) return true;
        var error = System.Runtime.InteropServices.Marshal.GetLastPInvokeError();
        return error is Libc.ErrorInvalid or 2 ? false : throw new LinuxException($"unmount {target}", error);
    }

    /// <summary>Mounts memory, limited in size. Neither devices nor setuid files in it mean anything, unless <paramref name="asRoot"/>.</summary>
    /// <param name="target">Where.</param>
    /// <param name="bytes">Most bytes it holds; 0 for the kernel's default, half of the memory.</param>
    /// <param name="mode">Permissions of its root.</param>
    /// <param name="asRoot">Whether it becomes part of a container's root file system, which may have setuid files.</param>
    public static void MountMemory(string target, long bytes, UnixFileMode mode, bool asRoot = false)
    {
        CreateFolder(target);
        var options = $"mode={Convert.ToString((int)mode, 8)}" + (bytes > 0 ? $",size={bytes}" : "");
        LinuxException.Check(
            Libc.Mount("tmpfs", target, "tmpfs", asRoot ? 0 : Libc.MountNoSuid | Libc.MountNoDev, options), $"mount memory on {target}");
    }

    /// <summary>Mounts an overlay.</summary>
    /// <param name="lower">Layers, top first.</param>
    /// <param name="upper">The writable layer's folder; made.</param>
    /// <param name="work">The kernel's own folder beside it; made.</param>
    /// <param name="target">Where.</param>
    public static void MountOverlay(IReadOnlyList<string> lower, string upper, string work, string target)
    {
        foreach (var folder in (string[])[upper, work, target]) CreateFolder(folder);
        var options = $"lowerdir={string.Join(':', lower)},upperdir={upper},workdir={work}";
        if (System.Text.Encoding.UTF8.GetByteCount(options) > MaximumOptionBytes)
            throw new LinuxException($"mount overlay of {lower.Count} layers: their paths exceed {MaximumOptionBytes} bytes", error: 7);
        LinuxException.Check(Libc.Mount("overlay", target, "overlay", 0, options), $"mount overlay on {target}");
    }

    /// <summary>Unmounts, or throws: a mount that stays must not be taken for gone.</summary>
    public static void Unmount(string target) =>
        LinuxException.Check(Libc.Unmount(target, Libc.UnmountNoFollow), $"unmount {target}");

    private static void CreateFolder(string path) =>
        Directory.CreateDirectory(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute
            | UnixFileMode.GroupRead | UnixFileMode.GroupExecute | UnixFileMode.OtherRead | UnixFileMode.OtherExecute);
}
