using System.Buffers.Binary;
using Cove.Guest.Fuse;
using Cove.Guest.Linux;
using Cove.Guest.Mounts;
using Cove.Keys.Release;
using Cove.Outcomes;
using Cove.Volumes.Luks;
using Cove.Volumes.Stores;
using Cove.Volumes.Verity;

namespace Cove.Sidecar.Encfs;

/// <summary>Mounts a volume with a key that was released to this group, and with nothing else.</summary>
internal static class EncryptedVolume
{
    private const int Threads = 4;

    /// <summary>
    /// Opens the image with the key, shows its data as a file, mounts the file system in that, and links to it. Where the kernel has dm-crypt the file is the data as it
    /// is stored, and the kernel decrypts it; where not, it is decrypted here.
    /// </summary>
    /// <param name="key">The released key.</param>
    /// <param name="image">The image; taken over.</param>
    /// <param name="wanted">What is mounted where.</param>
    /// <param name="scratch">A folder of this process for the file.</param>
    /// <param name="log">Told what decrypts, and why reads and writes failed.</param>
    /// <param name="cancellation">Gives up.</param>
    /// <exception cref="SkrFailureException">The key is not this volume's, the image is none, or the kernel refused.</exception>
    public static async Task<MountedVolume> MountAsync(
        ReleasedKey key, IVolumeStore image, EncfsFileSystem wanted, string scratch, SidecarLog log, CancellationToken cancellation)
    {
        var mounted = new MountedVolume(wanted);
        try
        {
            using var volume = await UnlockAsync(key, image, wanted, cancellation);
            var decrypted = volume.Open(image);
            var hindrance = EncryptedVolumeMount.WhyNot();
            if (hindrance is null && !await HasWholeSectorBlocksAsync(decrypted, cancellation)) hindrance = "the file system's blocks are smaller than the volume's sectors";
            var inKernel = hindrance is null;
            var store = await OpenAsync(decrypted, wanted, inKernel, mounted, log, cancellation);
            var cache = new BlockCache(store, new BlockCacheOptions { SectorBytes = volume.Segment.SectorSize });
            mounted.Took(cache);
            mounted.Took(FuseMount.Create(Directory.CreateDirectory(scratch).FullName, File(store, cache, wanted, log), Threads));
            mounted.Appear(inKernel ? volume : null);
            log.Info($"filesystem-{wanted.Index}: opened with {(inKernel ? "dm-crypt" : $"our own reader, as {hindrance}")}");
            return mounted;
        }
        catch (Exception e) when (e is SkrFailureException or LinuxException or UnavailableException or MalformedException or AlteredVolumeException or IOException)
        {
            await mounted.DisposeAsync();
            await image.DisposeAsync();
            throw e as SkrFailureException ?? new SkrFailureException("failed to mount filesystem", e);
        }
    }

    private static async Task<VolumeKey> UnlockAsync(ReleasedKey key, IVolumeStore image, EncfsFileSystem wanted, CancellationToken cancellation)
    {
        using var passphrase = Passphrase(key, wanted.Key);
        var header = await LuksHeader.ReadAsync(image, cancellation);
        var unlocked = await header.UnlockAsync(image, passphrase.Bytes, cancellation);
        return unlocked.IsAccepted(out var volume, out var findings) ? volume : throw new SkrFailureException($"volume not opened: {string.Join("; ", findings)}");
    }

    /// <summary>
    /// Whether the file system's blocks are no smaller than the volume's sectors. A device of dm-crypt has sectors as large as the volume's, and the kernel mounts nothing with
    /// smaller blocks from it. What is no ext4 file system is left for the mount to refuse.
    /// </summary>
    private static async Task<bool> HasWholeSectorBlocksAsync(LuksStore decrypted, CancellationToken cancellation)
    {
        const int Start = 4096, Superblock = 1024, BlockSize = Superblock + 24, Magic = Superblock + 56, Ext4 = 0xEF53, LargestShift = 6;
        if (decrypted.Length < Start) return true;
        var start = new byte[Start];
        await decrypted.ReadAsync(0, start, cancellation);
        var shift = BinaryPrimitives.ReadUInt32LittleEndian(start.AsSpan(BlockSize));
        return BinaryPrimitives.ReadUInt16LittleEndian(start.AsSpan(Magic)) != Ext4 || shift > LargestShift || 1024 << (int)shift >= decrypted.SectorSize;
    }

    /// <summary>What the file shows: decrypted, or as it is stored for the kernel to decrypt; in either case checked where the arguments say so.</summary>
    private static async Task<IVolumeStore> OpenAsync(
        LuksStore decrypted, EncfsFileSystem wanted, bool inKernel, MountedVolume mounted, SidecarLog log, CancellationToken cancellation)
    {
        mounted.Took(decrypted);
        var store = await VerifyAsync(decrypted, wanted, log, cancellation);
        if (inKernel) store = store is VerifiedStore verified ? verified.ToCiphertext() : decrypted.ToCiphertext();
        mounted.Took(store);
        return store;
    }

    /// <summary>Where the arguments say what the content is, it is held to that; where not, the log says that nothing is.</summary>
    private static async Task<IVolumeStore> VerifyAsync(LuksStore store, EncfsFileSystem wanted, SidecarLog log, CancellationToken cancellation)
    {
        if (wanted.Verity is null)
        {
            log.Warning($"filesystem-{wanted.Index}: content is not authenticated: AES-XTS decrypts a sector that was altered to other bytes, and only damage to the file system's structure is noticed");
            return store;
        }

        var verdict = await store.VerifyAsync(wanted.Verity, cancellation);
        if (!verdict.IsAccepted(out var verified, out var findings)) throw new SkrFailureException($"volume not opened: {string.Join("; ", findings)}");
        log.Info($"filesystem-{wanted.Index}: every block is checked against verity {wanted.Verity}");
        return verified;
    }

    private static VolumePassphrase Passphrase(ReleasedKey key, EncfsKey named)
    {
        try
        {
            return VolumePassphrase.Of(key.Key, named.Salt, named.Label);
        }
        catch (MalformedException e) when (e.Field == "salt")
        {
            throw new SkrFailureException("failed to decode Key Derivation Salt hexstring", e);
        }
        catch (MalformedException e)
        {
            throw new SkrFailureException("failed to extract raw key", e);
        }
    }

    private static FuseFile File(IVolumeStore store, BlockCache cache, EncfsFileSystem wanted, SidecarLog log) => new()
    {
        Length = store.Length,
        IsWritable = wanted.IsWritable,
        Read = (offset, buffer) => Wait(cache.ReadAsync(offset, buffer, CancellationToken.None)),
        Write = (offset, data) => cache.WriteAsync(offset, data, CancellationToken.None).AsTask().GetAwaiter().GetResult(),
        Flush = () => cache.FlushAsync(CancellationToken.None).GetAwaiter().GetResult(),
        Failed = failure => log.Error($"filesystem-{wanted.Index}: {failure.Message}"),
    };

    private static int Wait(ValueTask<int> read) => read.IsCompletedSuccessfully ? read.Result : read.AsTask().GetAwaiter().GetResult();
}
