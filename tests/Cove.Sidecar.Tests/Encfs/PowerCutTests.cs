using System.Diagnostics;
using System.Security.Cryptography;
using Cove.Guest.Fuse;
using Cove.Guest.Mounts;
using Cove.Volumes.Luks;
using Cove.Volumes.Stores;

namespace Cove.Sidecar.Tests.Encfs;

/// <summary>The store goes away in the middle of writing, or does it like a disk that had not written everything yet. What fsync had answered is there when the volume is mounted again, and its file system is sound.</summary>
public sealed class PowerCutTests : IDisposable
{
    private const int DataLength = 32 << 20;
    private const int Cuts = 8;
    private readonly string folder = Directory.CreateTempSubdirectory("cove-cut-").FullName;
    private readonly byte[] key = RandomNumberGenerator.GetBytes(32);

    public PowerCutTests()
    {
        Assert.SkipUnless(Environment.IsPrivilegedProcess && File.Exists("/dev/fuse") && File.Exists("/dev/loop-control"), "mounting takes root, FUSE and loop devices");
        Assert.SkipUnless(File.Exists("/usr/sbin/mkfs.ext4"), "mkfs.ext4 is not here (apt-get install e2fsprogs)");
        Directory.CreateDirectory(Path.Combine(folder, "fuse"));
    }

    private string Volume => Path.Combine(folder, "volume");

    public void Dispose()
    {
        if (Directory.Exists(Volume)) GuestMounts.TryDetach(Volume);
        Directory.Delete(folder, recursive: true);
    }

    [Fact]
    public async Task Every_file_that_fsync_answered_for_survives_a_cut_at_any_write()
    {
        var image = await CreateAsync();
        var acknowledged = new Dictionary<string, byte[]>();
        for (var cut = 0; cut < Cuts; cut++)
        {
            await using (var mounted = await MountAsync(new CutStore(image, writes: RandomNumberGenerator.GetInt32(3, 120))))
            {
                foreach (var (name, content) in acknowledged) Assert.True((await File.ReadAllBytesAsync(Path.Combine(Volume, name))).AsSpan().SequenceEqual(content), $"{name} after cut {cut}");
                WriteUntilCut(acknowledged, cut);
            }

            // Mounting for writing replays the journal, as after a real cut; then the file system must be sound.
            await using (var recovered = await MountAsync(new CutStore(image, writes: int.MaxValue)))
            {
                GuestMounts.Sync(Volume);
                GuestMounts.TryDetach(Volume);
                await recovered.FlushAsync();
            }

            Assert.Equal(0, await CheckAsync(image));
        }

        Assert.NotEmpty(acknowledged);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Every_file_that_fsync_answered_for_survives_a_disk_that_loses_and_tears_what_was_not_flushed(bool failing)
    {
        var image = await CreateAsync();
        var acknowledged = new Dictionary<string, byte[]>();
        var failed = 0;
        for (var cut = 0; cut < Cuts; cut++)
        {
            var disk = new LosingDisk(image, writes: RandomNumberGenerator.GetInt32(100, 300), failing ? RandomNumberGenerator.GetInt32(5, 20) : 0);
            await using (var mounted = await MountAsync(disk))
            {
                foreach (var (name, content) in acknowledged) Assert.True((await File.ReadAllBytesAsync(Path.Combine(Volume, name))).AsSpan().SequenceEqual(content), $"{name} after cut {cut}");
                WriteUntilCut(acknowledged, cut);
                disk.Cut();
            }

            failed += disk.FailedFlushes;
            await using (var recovered = await MountAsync(new LosingDisk(image, writes: int.MaxValue, failingFlush: 0)))
            {
                GuestMounts.Sync(Volume);
                GuestMounts.TryDetach(Volume);
                await recovered.FlushAsync();
            }

            Assert.Equal(0, await CheckAsync(image));
        }

        Assert.NotEmpty(acknowledged);
        Assert.Equal(failing, failed > 0);
    }

    private void WriteUntilCut(Dictionary<string, byte[]> acknowledged, int round)
    {
        for (var i = 0; i < 40; i++)
        {
            var (name, content) = ($"f{round}-{i}", RandomNumberGenerator.GetBytes(RandomNumberGenerator.GetInt32(1, 60_000)));
            try
            {
                File.WriteAllBytes(Path.Combine(Volume, name), content);

                // Not FileStream.Flush: it takes "read-only file system", which ext4 answers once its journal is gone, for success.
                if (Run("sync", Path.Combine(Volume, name)) != 0) return;
                acknowledged[name] = content;
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                return;
            }
        }
    }

    private async Task<byte[]> CreateAsync()
    {
        var plain = Path.Combine(folder, "plain");
        await File.WriteAllBytesAsync(plain, new byte[DataLength]);
        Assert.Equal(0, Run("/usr/sbin/mkfs.ext4", "-q", "-F", plain));
        using var volume = LuksFormatter.Create(key, new LuksOptions(), out var start);
        var image = new byte[start.Length + DataLength];
        start.CopyTo(image, 0);
        await using var store = volume.Open(new CutStore(image, int.MaxValue));
        await store.WriteAsync(0, await File.ReadAllBytesAsync(plain), default);
        return image;
    }

    private async Task<int> CheckAsync(byte[] image)
    {
        await using var store = await OpenAsync(new CutStore(image, 0));
        var plain = new byte[store.Length];
        await store.ReadAsync(0, plain, default);
        await File.WriteAllBytesAsync(Path.Combine(folder, "checked"), plain);
        return Run("/usr/sbin/e2fsck", "-f", "-n", Path.Combine(folder, "checked"));
    }

    private async Task<LuksStore> OpenAsync(IVolumeStore image)
    {
        var header = await LuksHeader.ReadAsync(image, default);
        Assert.True((await header.UnlockAsync(image, key, default)).IsAccepted(out var volume, out _));
        using (volume) return volume.Open(image);
    }

    private async Task<Mounted> MountAsync(IVolumeStore image)
    {
        var store = await OpenAsync(image);
        var cache = new BlockCache(store, new BlockCacheOptions { SectorBytes = store.SectorSize, Blocks = 8 });
        var fuse = FuseMount.Create(Path.Combine(folder, "fuse"), new FuseFile
        {
            Length = store.Length,
            IsWritable = true,
            Read = (offset, buffer) => cache.ReadAsync(offset, buffer, default).AsTask().GetAwaiter().GetResult(),
            Write = (offset, data) => cache.WriteAsync(offset, data, default).AsTask().GetAwaiter().GetResult(),
            Flush = () => cache.FlushAsync(default).GetAwaiter().GetResult(),
            Failed = _ => { },
        }, threads: 4);
        GuestMounts.MountVolume(fuse.FilePath, Volume, writable: true);
        return new Mounted(Volume, fuse, cache, store);
    }

    private static int Run(string program, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false })!;
        _ = process.StandardError.ReadToEndAsync();
        process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return process.ExitCode;
    }

    private sealed class Mounted(string volume, FuseMount fuse, BlockCache cache, LuksStore store) : IAsyncDisposable
    {
        public Task FlushAsync() => cache.FlushAsync(default);

        public async ValueTask DisposeAsync()
        {
            GuestMounts.TryDetach(volume);
            fuse.Dispose();
            await cache.DisposeAsync();
            await store.DisposeAsync();
        }
    }
}
