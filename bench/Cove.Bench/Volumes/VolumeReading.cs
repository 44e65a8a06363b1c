using System.Diagnostics;
using System.Globalization;
using System.Security.Cryptography;
using Cove.Guest.Fuse;
using Cove.Guest.Mounts;
using Cove.Volumes.Ciphers;
using Cove.Volumes.Luks;
using Cove.Volumes.Stores;

namespace Cove.Bench.Volumes;

/// <summary>
/// Reading a file of an encrypted volume through everything the sidecar puts in between, next to <c>dd</c> of the same file in the clear and to the cipher alone.
/// The image and the plain file lie in memory, so that neither network nor disk is measured; what is cached of the mounted volume is dropped before each run.
/// </summary>
internal static class VolumeReading
{
    private const int FileBytes = 256 * 1024 * 1024;
    private const int RandomReads = 4000;
    private const int RandomBytes = 4096;

    public static void Run()
    {
        var cipher = OpenSslSpeed.Aes256Xts();
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  openssl speed -evp aes-256-xts, one core {cipher,34:F0} MB/s"));
        CipherAlone(cipher);
        if (!Environment.IsPrivilegedProcess || !Path.Exists("/dev/fuse"))
        {
            Console.WriteLine("  reading a mounted volume takes root and FUSE: not measured");
            return;
        }

        var folder = Directory.CreateDirectory(Path.Combine("/dev/shm", $"cove-bench-{Environment.ProcessId}")).FullName;
        try
        {
            ReadVolume(folder, cipher);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static void CipherAlone(double yardstick)
    {
        using var cipher = new XtsCipher(RandomNumberGenerator.GetBytes(64), 4096);
        var data = new byte[1024 * 1024];
        Rate.Measure(256L * data.Length, () =>
        {
            for (var i = 0; i < 256; i++) cipher.Decrypt(data, (ulong)i);
        }).Print("our AES-256-XTS, one thread", yardstick);
    }

    private static void ReadVolume(string folder, double cipher)
    {
        var image = Path.Combine(folder, "image");
        var key = RandomNumberGenerator.GetBytes(32);
        Make(folder, image, key);
        using var volume = Unlock(image, key);
        var store = volume.Open(FileStore.Open(image, writable: false));
        var cache = new BlockCache(store, new BlockCacheOptions { SectorBytes = store.SectorSize });
        var (fuseFolder, mountFolder) = (Directory.CreateDirectory(Path.Combine(folder, "fuse")).FullName, Path.Combine(folder, "volume"));
        using var fuse = FuseMount.Create(fuseFolder, File(store, cache), 4);
        GuestMounts.MountVolume(fuse.FilePath, mountFolder, writable: false);
        try
        {
            var (plain, encrypted) = (Path.Combine(folder, "tree", "large"), Path.Combine(mountFolder, "large"));
            var before = Sequential(plain);
            var after = Sequential(encrypted);
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  dd of the plain file, bs=1M {before,46:F0} MB/s"));
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture, $"  dd of the file in the volume, bs=1M {after,38:F0} MB/s  {after / cipher,5:F2} of openssl  {after / before,5:F2} of the plain file"));
            var (plainReads, volumeReads) = (Random(plain), Random(encrypted));
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture, $"  random reads of 4096 bytes: plain {plainReads,9:F0}, in the volume {volumeReads,9:F0} a second  {volumeReads / plainReads,5:F2} of the plain file"));
        }
        finally
        {
            GuestMounts.TryDetach(mountFolder);
        }
    }

    private static void Make(string folder, string image, byte[] key)
    {
        var tree = Directory.CreateDirectory(Path.Combine(folder, "tree")).FullName;
        using (var large = System.IO.File.Create(Path.Combine(tree, "large")))
        {
            for (var i = 0; i < FileBytes; i += 1 << 20) large.Write(RandomNumberGenerator.GetBytes(1 << 20));
        }

        var plain = Path.Combine(folder, "plain");
        using (var file = System.IO.File.Create(plain)) Cove.Images.Packing.FolderImage.WriteAsync(tree, file, CancellationToken.None).GetAwaiter().GetResult();
        using var volume = LuksFormatter.Create(key, new LuksOptions(), out var start);
        using (var file = System.IO.File.Create(image))
        {
            file.Write(start);
            file.SetLength(start.Length + new FileInfo(plain).Length);
        }

        var store = volume.Open(FileStore.Open(image, writable: true));
        using var source = System.IO.File.OpenRead(plain);
        var piece = new byte[1 << 20];
        for (var at = 0L; source.Read(piece) is > 0 and var read; at += read) store.WriteAsync(at, piece.AsMemory(0, read), default).AsTask().GetAwaiter().GetResult();
        store.DisposeAsync().AsTask().GetAwaiter().GetResult();
        System.IO.File.Delete(plain);
    }

    private static VolumeKey Unlock(string image, byte[] key)
    {
        var file = FileStore.Open(image, writable: false);
        var header = LuksHeader.ReadAsync(file, default).GetAwaiter().GetResult();
        return header.UnlockAsync(file, key, default).GetAwaiter().GetResult().IsAccepted(out var volume, out _) ? volume : throw new InvalidOperationException("the volume did not open");
    }

    private static FuseFile File(LuksStore store, BlockCache cache) => new()
    {
        Length = store.Length,
        IsWritable = false,
        Read = (offset, buffer) => cache.ReadAsync(offset, buffer, default).AsTask().GetAwaiter().GetResult(),
        Write = (_, _) => throw new InvalidOperationException("the volume is read-only"),
        Flush = () => { },
        Failed = failure => Console.Error.WriteLine(failure.Message),
    };

    /// <summary>The best of five, in MB/s, each from an empty page cache.</summary>
    private static double Sequential(string path) => Enumerable.Range(0, 6).Max(_ =>
    {
        DropCaches();
        var start = Stopwatch.GetTimestamp();
        using var dd = Process.Start(new ProcessStartInfo("dd", [$"if={path}", "of=/dev/null", "bs=1M", "status=none"]) { UseShellExecute = false })!;
        dd.WaitForExit();
        return FileBytes / Stopwatch.GetElapsedTime(start).TotalSeconds / 1e6;
    });

    private static double Random(string path) => Enumerable.Range(0, 3).Max(_ =>
    {
        DropCaches();
        using var file = System.IO.File.OpenHandle(path);
        var buffer = new byte[RandomBytes];
        var start = Stopwatch.GetTimestamp();
        for (var i = 0; i < RandomReads; i++) RandomAccess.Read(file, buffer, RandomNumberGenerator.GetInt32(FileBytes / RandomBytes) * (long)RandomBytes);
        return RandomReads / Stopwatch.GetElapsedTime(start).TotalSeconds;
    });

    private static void DropCaches()
    {
        using var sync = Process.Start("sync");
        sync.WaitForExit();
        System.IO.File.WriteAllText("/proc/sys/vm/drop_caches", "1\n");
    }
}
