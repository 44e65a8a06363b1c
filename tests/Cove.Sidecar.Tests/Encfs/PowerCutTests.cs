using System.Security.Cryptography;
using Cove.Guest.Mounts;
using Cove.Volumes.Luks;

namespace Cove.Sidecar.Tests.Encfs;

/// <summary>
/// The store goes away in the middle of writing, or does it like a disk that had not written everything yet. What fsync had answered is there when the volume is
/// mounted again, and its file system is sound, whoever encrypts.
/// </summary>
public sealed class PowerCutTests : IDisposable
{
    private const int DataLength = 32 << 20;
    private const int Cuts = 8;
    private readonly string folder = Directory.CreateTempSubdirectory("cove-cut-").FullName;
    private readonly byte[] key = RandomNumberGenerator.GetBytes(32);

    public PowerCutTests() => Mounting.Require();

    private string Volume => Path.Combine(folder, "volume");

    public void Dispose()
    {
        if (Directory.Exists(Volume)) GuestMounts.TryDetach(Volume);
        Directory.Delete(folder, recursive: true);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Every_file_that_fsync_answered_for_survives_a_cut_at_any_write(bool inKernel)
    {
        if (inKernel) Mounting.RequireDmCrypt();
        var image = await CreateAsync();
        var acknowledged = new Dictionary<string, byte[]>();
        for (var cut = 0; cut < Cuts; cut++)
        {
            await using (var mounted = await TestVolume.MountAsync(new CutStore(image, writes: RandomNumberGenerator.GetInt32(3, 120)), key, folder, inKernel))
            {
                foreach (var (name, content) in acknowledged) Assert.True((await File.ReadAllBytesAsync(Path.Combine(Volume, name))).AsSpan().SequenceEqual(content), $"{name} after cut {cut}");
                WriteUntilCut(acknowledged, cut);
            }

            // Mounting for writing replays the journal, as after a real cut; then the file system must be sound.
            await using (var recovered = await TestVolume.MountAsync(new CutStore(image, writes: int.MaxValue), key, folder, inKernel)) await recovered.FlushAsync();
            Assert.Equal(0, await CheckAsync(image));
        }

        Assert.NotEmpty(acknowledged);
    }

    [Theory]
    [InlineData(false, false)]
    [InlineData(true, false)]
    [InlineData(false, true)]
    [InlineData(true, true)]
    public async Task Every_file_that_fsync_answered_for_survives_a_disk_that_loses_and_tears_what_was_not_flushed(bool failing, bool inKernel)
    {
        if (inKernel) Mounting.RequireDmCrypt();
        var image = await CreateAsync();
        var acknowledged = new Dictionary<string, byte[]>();
        var failed = 0;
        for (var cut = 0; cut < Cuts; cut++)
        {
            var disk = new LosingDisk(image, writes: RandomNumberGenerator.GetInt32(100, 300), failing ? RandomNumberGenerator.GetInt32(5, 20) : 0);
            await using (var mounted = await TestVolume.MountAsync(disk, key, folder, inKernel))
            {
                foreach (var (name, content) in acknowledged) Assert.True((await File.ReadAllBytesAsync(Path.Combine(Volume, name))).AsSpan().SequenceEqual(content), $"{name} after cut {cut}");
                WriteUntilCut(acknowledged, cut);
                disk.Cut();
            }

            failed += disk.FailedFlushes;
            await using (var recovered = await TestVolume.MountAsync(new LosingDisk(image, writes: int.MaxValue, failingFlush: 0), key, folder, inKernel)) await recovered.FlushAsync();
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
                if (TestVolume.Run("sync", Path.Combine(Volume, name)) != 0) return;
                acknowledged[name] = content;
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                return;
            }
        }
    }

    private async Task<byte[]> CreateAsync() =>
        await TestVolume.CreateAsync(await TestVolume.FormatAsync(Path.Combine(folder, "plain"), DataLength), key, new LuksOptions());

    private async Task<int> CheckAsync(byte[] image)
    {
        var held = new CutStore(image, 0);
        using var volume = await TestVolume.UnlockAsync(held, key);
        await using var store = volume.Open(held);
        var plain = new byte[store.Length];
        await store.ReadAsync(0, plain, default);
        await File.WriteAllBytesAsync(Path.Combine(folder, "checked"), plain);
        return TestVolume.Run("/usr/sbin/e2fsck", "-f", "-n", Path.Combine(folder, "checked"));
    }
}
