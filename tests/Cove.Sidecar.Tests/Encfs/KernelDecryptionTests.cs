using System.Security.Cryptography;
using Cove.Guest.Linux;
using Cove.Guest.Mounts;
using Cove.Images.Verity;
using Cove.Volumes.Ciphers;
using Cove.Volumes.Luks;
using Cove.Volumes.Verity;

namespace Cove.Sidecar.Tests.Encfs;

/// <summary>Volumes that dm-crypt decrypts. The kernel must have it, as that of a Cove machine does.</summary>
public sealed class KernelDecryptionTests : IDisposable
{
    private const int DataLength = 16 << 20;
    private const int LargeLength = 4 << 20;
    private readonly string folder = Directory.CreateTempSubdirectory("cove-kernel-").FullName;
    private readonly byte[] passphrase = RandomNumberGenerator.GetBytes(32);
    private readonly byte[] large = RandomNumberGenerator.GetBytes(LargeLength);

    public KernelDecryptionTests()
    {
        Mounting.Require();
        Mounting.RequireDmCrypt();
    }

    private string Volume => Path.Combine(folder, "volume");

    public void Dispose()
    {
        if (Directory.Exists(Volume)) GuestMounts.TryDetach(Volume);
        Directory.Delete(folder, recursive: true);
    }

    [Theory]
    [InlineData(512)]
    [InlineData(4096)]
    public async Task What_our_writer_encrypted_the_kernel_reads_and_what_the_kernel_encrypted_our_reader_does(int sector)
    {
        var image = await TestVolume.CreateAsync(await PlainAsync(), passphrase, new LuksOptions { SectorSize = sector });
        var written = RandomNumberGenerator.GetBytes(3_000_001);
        await using (var mounted = await TestVolume.MountAsync(new CutStore(image, int.MaxValue), passphrase, folder, inKernel: true))
        {
            Assert.True((await File.ReadAllBytesAsync(Path.Combine(Volume, "large"))).AsSpan().SequenceEqual(large));
            await File.WriteAllBytesAsync(Path.Combine(Volume, "written"), written);
            await mounted.FlushAsync();
        }

        await using (var mounted = await TestVolume.MountAsync(new CutStore(image, int.MaxValue), passphrase, folder, inKernel: false, writable: false))
        {
            Assert.True((await File.ReadAllBytesAsync(Path.Combine(Volume, "large"))).AsSpan().SequenceEqual(large));
            Assert.True((await File.ReadAllBytesAsync(Path.Combine(Volume, "written"))).AsSpan().SequenceEqual(written));
        }
    }

    [Fact]
    public async Task Sectors_are_counted_from_the_segments_first_one()
    {
        const ulong First = 4096;
        var (plain, key, file) = (await PlainAsync(), RandomNumberGenerator.GetBytes(64), Path.Combine(folder, "encrypted"));
        using (var cipher = new XtsCipher(key, 4096)) cipher.Encrypt(plain, First);
        await File.WriteAllBytesAsync(file, plain);
        EncryptedVolumeMount.Mount(file, Volume, writable: false, key, First, 4096);
        Assert.True((await File.ReadAllBytesAsync(Path.Combine(Volume, "large"))).AsSpan().SequenceEqual(large));
        GuestMounts.Unmount(Volume);
        Assert.Throws<LinuxException>(() => EncryptedVolumeMount.Mount(file, Volume, writable: false, key, First + 8, 4096));
    }

    [Fact]
    public async Task A_read_only_volume_takes_no_writes()
    {
        var image = await TestVolume.CreateAsync(await PlainAsync(), passphrase, new LuksOptions());
        await using var mounted = await TestVolume.MountAsync(new CutStore(image, 0), passphrase, folder, inKernel: true, writable: false);
        Assert.ThrowsAny<IOException>(() => File.WriteAllText(Path.Combine(Volume, "more"), "x"));
    }

    [Fact]
    public async Task Under_verity_an_altered_block_never_reaches_the_kernel()
    {
        var plain = await PlainAsync();
        using var hashes = new MemoryStream();
        var verity = VolumeVerity.Of(plain.Length / 4096, VerityTreeFile.Write(new MemoryStream(plain), hashes, default).Bytes);
        var image = await TestVolume.CreateAsync([.. plain, .. hashes.ToArray()], passphrase, new LuksOptions());
        await using (await TestVolume.MountAsync(new CutStore(image, 0), passphrase, folder, inKernel: true, writable: false, verity))
            Assert.True((await File.ReadAllBytesAsync(Path.Combine(Volume, "large"))).AsSpan().SequenceEqual(large));

        var place = plain.AsSpan().IndexOf(large.AsSpan(2 << 20, 1024));
        image[LuksFormatter.DataOffset + place] ^= 1;
        await using var mounted = await TestVolume.MountAsync(new CutStore(image, 0), passphrase, folder, inKernel: true, writable: false, verity);
        Assert.ThrowsAny<IOException>(() => File.ReadAllBytes(Path.Combine(Volume, "large")));
        Assert.Contains(mounted.Failures, failure => failure.StartsWith($"volume-content-altered: block {place / 4096}:", StringComparison.Ordinal));
        Assert.Equal("small", await File.ReadAllTextAsync(Path.Combine(Volume, "small")));
    }

    [Fact]
    public async Task The_device_and_the_key_in_it_go_with_the_mount_and_with_a_mount_that_fails()
    {
        var image = await TestVolume.CreateAsync(await PlainAsync(), passphrase, new LuksOptions());
        await using (await TestVolume.MountAsync(new CutStore(image, int.MaxValue), passphrase, folder, inKernel: true)) Assert.Single(Devices());
        await GoneAsync();

        // No file system in it: the device was there when the mount failed.
        var noise = await TestVolume.CreateAsync(RandomNumberGenerator.GetBytes(1 << 20), passphrase, new LuksOptions());
        await Assert.ThrowsAsync<LinuxException>(() => TestVolume.MountAsync(new CutStore(noise, int.MaxValue), passphrase, folder, inKernel: true));
        await GoneAsync();
    }

    /// <summary>Of a process that was killed the kernel closes everything: its mount is a dead one, and goes when the next process takes it down.</summary>
    [Fact]
    public async Task What_a_killed_process_mounted_is_taken_down_by_the_next_and_no_device_stays()
    {
        var image = await TestVolume.CreateAsync(await PlainAsync(), passphrase, new LuksOptions());
        var control = Path.Combine(folder, "control");
        GuestMounts.MountKernel("fusectl", control);
        try
        {
            var before = Directory.GetDirectories(control).ToHashSet(StringComparer.Ordinal);
            await using var killed = await TestVolume.MountAsync(new CutStore(image, int.MaxValue), passphrase, folder, inKernel: true);
            var connection = Assert.Single(Directory.GetDirectories(control), one => !before.Contains(one));
            await File.WriteAllTextAsync(Path.Combine(connection, "abort"), "1");
            Assert.ThrowsAny<IOException>(() => File.ReadAllBytes(Path.Combine(Volume, "large")));
            Assert.Single(Devices());
            Assert.True(GuestMounts.TryDetach(Volume));
            await GoneAsync();
        }
        finally
        {
            GuestMounts.TryDetach(control);
        }
    }

    private async Task<byte[]> PlainAsync()
    {
        var tree = Directory.CreateDirectory(Path.Combine(folder, "tree")).FullName;
        await File.WriteAllTextAsync(Path.Combine(tree, "small"), "small");
        await File.WriteAllBytesAsync(Path.Combine(tree, "large"), large);
        return await TestVolume.FormatAsync(Path.Combine(folder, "plain"), DataLength, tree);
    }

    private static List<string> Devices() =>
        [.. Directory.GetDirectories("/sys/block", "dm-*").Select(device => Path.Combine(device, "dm", "name")).Where(File.Exists).Select(File.ReadAllText).Where(name => name.StartsWith("volume-", StringComparison.Ordinal))];

    /// <summary>The kernel removes a device in a thread of its own.</summary>
    private static async Task GoneAsync()
    {
        for (var tries = 0; Devices().Count > 0; tries++)
        {
            Assert.True(tries < 600, "the device stays");
            await Task.Delay(100, TestContext.Current.CancellationToken);
        }
    }
}
