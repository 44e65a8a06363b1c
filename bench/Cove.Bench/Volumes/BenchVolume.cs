using System.Security.Cryptography;
using Cove.Guest.Fuse;
using Cove.Guest.Mounts;
using Cove.Images.Packing;
using Cove.Volumes.Luks;
using Cove.Volumes.Stores;

namespace Cove.Bench.Volumes;

/// <summary>A file in an ext4 image, encrypted or not, mounted through everything the sidecar puts in between. The image is read-only and lies in memory.</summary>
internal sealed class BenchVolume : IDisposable
{
    public const int FileBytes = 256 * 1024 * 1024;

    private const int Threads = 4;
    private const int Piece = 1 << 20;
    private const int Block = 4096;

    private readonly IVolumeStore? store;
    private readonly BlockCache? cache;
    private readonly FuseMount? fuse;
    private readonly string folder;

    private BenchVolume(string folder, IVolumeStore store)
    {
        (this.folder, this.store) = (folder, store);
        cache = new BlockCache(store, new BlockCacheOptions());
        fuse = Show(folder, File(store.Length, (offset, buffer) => Wait(cache.ReadAsync(offset, buffer, default))));
    }

    private BenchVolume(string folder, FuseMount? fuse, IVolumeStore? store) => (this.folder, this.fuse, this.store) = (folder, fuse, store);

    /// <summary>The file.</summary>
    public string FilePath => Path.Combine(folder, "large");

    /// <summary>Writes a folder with one file of random bytes, and the ext4 image of it.</summary>
    /// <returns>The path of the file in the clear.</returns>
    public static string WritePlain(string folder, string image)
    {
        var tree = Directory.CreateDirectory(Path.Combine(folder, "tree")).FullName;
        var path = Path.Combine(tree, "large");
        using (var large = System.IO.File.Create(path))
        {
            for (var i = 0; i < FileBytes; i += Piece) large.Write(RandomNumberGenerator.GetBytes(Piece));
        }

        using var file = System.IO.File.Create(image);
        FolderImage.WriteAsync(tree, file, CancellationToken.None).GetAwaiter().GetResult();
        return path;
    }

    /// <summary>Mounts an image that is not encrypted.</summary>
    public static BenchVolume MountPlain(string image, string folder) => new(folder, FileStore.Open(image, writable: false));

    /// <summary>Mounts an image by the kernel alone: a loop device and no file system of ours below it.</summary>
    public static BenchVolume MountLoop(string image, string folder)
    {
        GuestMounts.MountVolume(image, folder, writable: false);
        return new BenchVolume(folder, fuse: null, store: null);
    }

    /// <summary>
    /// Mounts an image whose large file nobody reads: a request for its bytes is answered with what the reply's memory holds. What is left is what the kernel itself
    /// does for a read of a mounted volume.
    /// </summary>
    public static BenchVolume MountUnread(string image, string folder)
    {
        var (first, last) = LargeFile(image);
        var file = FileStore.Open(image, writable: false);
        return new BenchVolume(folder, Show(folder, File(file.Length, (offset, buffer) =>
        {
            if (offset >= first && offset + buffer.Length <= last) return buffer.Length;
            var take = (int)Math.Clamp(file.Length - offset, 0, buffer.Length);
            Wait(file.ReadAsync(offset, buffer[..take], default));
            return take;
        })), file);
    }

    /// <summary>Encrypts an image under a new key, opens it with that, and mounts it.</summary>
    public static BenchVolume MountEncrypted(string plain, string image, string folder)
    {
        var key = RandomNumberGenerator.GetBytes(32);
        Encrypt(plain, image, key);
        var file = FileStore.Open(image, writable: false);
        var header = LuksHeader.ReadAsync(file, default).GetAwaiter().GetResult();
        var unlocked = header.UnlockAsync(file, key, default).GetAwaiter().GetResult();
        if (!unlocked.IsAccepted(out var volume, out var findings)) throw new InvalidOperationException(string.Join("; ", findings));
        using (volume) return new BenchVolume(folder, volume.Open(file));
    }

    public void Dispose()
    {
        GuestMounts.TryDetach(folder);
        fuse?.Dispose();
        cache?.DisposeAsync().AsTask().GetAwaiter().GetResult();
        store?.DisposeAsync().AsTask().GetAwaiter().GetResult();
    }

    private static FuseMount Show(string folder, FuseFile file)
    {
        var fuse = FuseMount.Create(Directory.CreateDirectory(folder + ".fuse").FullName, file, Threads);
        GuestMounts.MountVolume(fuse.FilePath, folder, writable: false);
        return fuse;
    }

    /// <summary>Where in an image the blocks of the large file lie, which the image's writer puts one behind the other.</summary>
    private static (long First, long Last) LargeFile(string image)
    {
        var tree = Path.Combine(Path.GetDirectoryName(image)!, "tree", "large");
        var (start, end) = (new byte[Block], new byte[Block]);
        using (var large = System.IO.File.OpenHandle(tree))
        {
            RandomAccess.Read(large, start, 0);
            RandomAccess.Read(large, end, FileBytes - Block);
        }

        using var whole = System.IO.File.OpenHandle(image);
        var block = new byte[Block];
        var first = -1L;
        for (var at = 0L; RandomAccess.Read(whole, block, at) == Block; at += Block)
        {
            if (first < 0 && block.AsSpan().SequenceEqual(start)) first = at;
            if (first >= 0 && at == first + FileBytes - Block && block.AsSpan().SequenceEqual(end)) return (first, at + Block);
        }

        throw new InvalidOperationException("the large file does not lie in one piece");
    }

    private static void Encrypt(string plain, string image, byte[] key)
    {
        using var source = System.IO.File.OpenRead(plain);
        using var volume = LuksFormatter.Create(key, new LuksOptions(), out var start);
        using (var file = System.IO.File.Create(image))
        {
            file.Write(start);
            file.SetLength(start.Length + source.Length);
        }

        var store = volume.Open(FileStore.Open(image, writable: true));
        var piece = new byte[Piece];
        for (var at = 0L; source.Read(piece) is > 0 and var read; at += read) store.WriteAsync(at, piece.AsMemory(0, read), default).AsTask().GetAwaiter().GetResult();
        store.DisposeAsync().AsTask().GetAwaiter().GetResult();
    }

    private static FuseFile File(long length, Func<long, Memory<byte>, int> read) => new()
    {
        Length = length,
        IsWritable = false,
        Read = read,
        Write = (_, _) => throw new InvalidOperationException("the volume is read-only"),
        Flush = () => { },
        Failed = failure => Console.Error.WriteLine(failure.Message),
    };

    private static int Wait(ValueTask<int> read) => read.IsCompletedSuccessfully ? read.Result : read.AsTask().GetAwaiter().GetResult();

    private static void Wait(ValueTask read)
    {
        if (!read.IsCompletedSuccessfully) read.AsTask().GetAwaiter().GetResult();
    }
}
