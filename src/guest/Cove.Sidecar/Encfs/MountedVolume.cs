using Cove.Guest.Fuse;
using Cove.Guest.Mounts;
using Cove.Volumes.Luks;
using Cove.Volumes.Stores;

namespace Cove.Sidecar.Encfs;

/// <summary>A volume that is there until it is disposed. Disposing writes back what was written, takes the mounts down and zeroes key and data.</summary>
internal sealed class MountedVolume(EncfsFileSystem wanted) : IAsyncDisposable
{
    private IVolumeStore? store;
    private BlockCache? cache;
    private FuseMount? fuse;

    /// <summary>Where it is seen.</summary>
    public string MountPoint => wanted.MountPoint;

    internal void Took(IVolumeStore opened) => store = opened;

    internal void Took(BlockCache made) => cache = made;

    internal void Took(FuseMount served) => fuse = served;

    /// <summary>
    /// Mounts the file system, then makes the mount point a link to it: for whoever waits for the mount point it is not there, or complete.
    /// What a sidecar that was killed left behind is taken down first.
    /// </summary>
    /// <param name="key">What the kernel decrypts the file with; null where it shows decrypted data.</param>
    internal void Appear(VolumeKey? key)
    {
        Clear(wanted);
        if (key is null) GuestMounts.MountVolume(fuse!.FilePath, wanted.MountFolder, wanted.IsWritable);
        else EncryptedVolumeMount.Mount(fuse!.FilePath, wanted.MountFolder, wanted.IsWritable, key.Bytes, key.Segment.FirstTweak, key.Segment.SectorSize);
        File.CreateSymbolicLink(wanted.MountPoint, wanted.LinkTarget);
    }

    /// <summary>Removes the link and the mounts of an earlier run.</summary>
    /// <exception cref="SkrFailureException">At the mount point is something that no earlier run made.</exception>
    internal static void Clear(EncfsFileSystem wanted)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(wanted.MountPoint)!);
        if (new FileInfo(wanted.MountPoint).LinkTarget is { } target)
        {
            if (target != wanted.LinkTarget) throw new SkrFailureException($"failed to symlink filesystem-{wanted.Index}: {wanted.MountPoint} is a link to {target}");
            File.Delete(wanted.MountPoint);
        }
        else if (Path.Exists(wanted.MountPoint))
        {
            throw new SkrFailureException($"failed to symlink filesystem-{wanted.Index}: {wanted.MountPoint} exists");
        }

        while (GuestMounts.TryDetach(wanted.MountFolder))
        {
            // One on top of the other, as often as the sidecar was killed.
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (new FileInfo(wanted.MountPoint).LinkTarget == wanted.LinkTarget) File.Delete(wanted.MountPoint);
        try
        {
            if (fuse is not null && wanted.IsWritable && Directory.Exists(wanted.MountFolder)) GuestMounts.Sync(wanted.MountFolder);
            if (fuse is not null) GuestMounts.TryDetach(wanted.MountFolder);
            fuse?.Dispose();
            if (cache is not null && wanted.IsWritable) await cache.FlushAsync(CancellationToken.None);
        }
        finally
        {
            if (cache is not null) await cache.DisposeAsync();
            if (store is not null) await store.DisposeAsync();
        }
    }
}
