using System.Diagnostics;
using Cove.Guest.Fuse;
using Cove.Guest.Mounts;
using Cove.Outcomes;
using Cove.Volumes.Luks;
using Cove.Volumes.Stores;
using Cove.Volumes.Verity;

namespace Cove.Sidecar.Tests.Encfs;

/// <summary>A volume of any store, mounted as the sidecar does, decrypted by the kernel or by our own reader.</summary>
internal sealed class TestVolume : IAsyncDisposable
{
    private readonly IVolumeStore store;
    private readonly BlockCache cache;
    private readonly FuseMount fuse;
    private readonly string target;

    private TestVolume(IVolumeStore store, BlockCache cache, FuseMount fuse, string target) => (this.store, this.cache, this.fuse, this.target) = (store, cache, fuse, target);

    /// <summary>What the mount told of reads and writes that failed.</summary>
    public List<string> Failures { get; private init; } = [];

    /// <summary>An image with an ext4 file system in it.</summary>
    public static async Task<byte[]> CreateAsync(byte[] fileSystem, byte[] passphrase, LuksOptions options)
    {
        using var volume = LuksFormatter.Create(passphrase, options, out var start);
        var image = new byte[start.Length + fileSystem.Length];
        start.CopyTo(image, 0);
        await using var store = volume.Open(new CutStore(image, int.MaxValue));
        await store.WriteAsync(0, fileSystem, default);
        return image;
    }

    /// <summary>An ext4 file system of this size with the files of a folder in it.</summary>
    public static async Task<byte[]> FormatAsync(string file, int length, string? tree = null)
    {
        await File.WriteAllBytesAsync(file, new byte[length]);
        Assert.Equal(0, Run("/usr/sbin/mkfs.ext4", ["-q", "-F", "-b", "4096", .. tree is null ? (string[])[] : ["-d", tree], file]));
        return await File.ReadAllBytesAsync(file);
    }

    public static async Task<VolumeKey> UnlockAsync(IVolumeStore image, byte[] passphrase)
    {
        Assert.True((await (await LuksHeader.ReadAsync(image, default)).UnlockAsync(image, passphrase, default)).IsAccepted(out var volume, out _));
        return volume!;
    }

    public static async Task<TestVolume> MountAsync(
        IVolumeStore image, byte[] passphrase, string folder, bool inKernel, bool writable = true, VolumeVerity? verity = null)
    {
        using var volume = await UnlockAsync(image, passphrase);
        var luks = volume.Open(image);
        IVolumeStore store = luks;
        if (verity is not null)
        {
            Assert.True((await luks.VerifyAsync(verity, default)).IsAccepted(out var verified, out _));
            store = verified!;
        }

        if (inKernel) store = store is VerifiedStore held ? held.ToCiphertext() : luks.ToCiphertext();
        var cache = new BlockCache(store, new BlockCacheOptions { SectorBytes = luks.SectorSize, Blocks = 8 });
        var failures = new List<string>();
        var (shown, target) = (Directory.CreateDirectory(Path.Combine(folder, "fuse")).FullName, Path.Combine(folder, "volume"));
        var mounted = new TestVolume(store, cache, FuseMount.Create(shown, Shown(store, cache, writable, failures), threads: 4), target) { Failures = failures };
        try
        {
            if (inKernel) EncryptedVolumeMount.Mount(mounted.fuse.FilePath, target, writable, volume.Bytes, volume.Segment.FirstTweak, volume.Segment.SectorSize);
            else GuestMounts.MountVolume(mounted.fuse.FilePath, target, writable);
            return mounted;
        }
        catch
        {
            await mounted.DisposeAsync();
            throw;
        }
    }

    public static int Run(string program, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false })!;
        _ = process.StandardError.ReadToEndAsync();
        process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return process.ExitCode;
    }

    /// <summary>Everything written so far is in the store.</summary>
    public async Task FlushAsync()
    {
        GuestMounts.Sync(target);
        GuestMounts.TryDetach(target);
        await cache.FlushAsync(default);
    }

    public async ValueTask DisposeAsync()
    {
        if (Directory.Exists(target)) GuestMounts.TryDetach(target);
        fuse.Dispose();
        await cache.DisposeAsync();
        await store.DisposeAsync();
    }

    private static FuseFile Shown(IVolumeStore store, BlockCache cache, bool writable, List<string> failures) => new()
    {
        Length = store.Length,
        IsWritable = writable,
        Read = (offset, buffer) => cache.ReadAsync(offset, buffer, default).AsTask().GetAwaiter().GetResult(),
        Write = (offset, data) => cache.WriteAsync(offset, data, default).AsTask().GetAwaiter().GetResult(),
        Flush = () => cache.FlushAsync(default).GetAwaiter().GetResult(),
        Failed = failure =>
        {
            lock (failures) failures.Add(failure.Message);
        },
    };
}
