using System.Diagnostics;
using System.Security.Cryptography;
using System.Text;
using Cove.Guest.Attesters;
using Cove.Guest.Mounts;
using Cove.Images.Verity;
using Cove.Sidecar.CommandLine;
using Cove.Sidecar.Encfs;
using Cove.Sidecar.Http;
using Cove.Sidecar.Tests.Fakes;
using Cove.Tests;
using Cove.Volumes.Blobs;
using Cove.Volumes.Luks;
using Cove.Volumes.Stores;
using Cove.Volumes.Verity;

namespace Cove.Sidecar.Tests.Encfs;

/// <summary>The whole way: a key from the vault, an image from a real blob server, FUSE, loop device, ext4.</summary>
public sealed class EncfsTests(AzuriteServer shared) : IClassFixture<AzuriteServer>, IAsyncLifetime
{
    private const int DataLength = 24 << 20;
    private const int LargeLength = 8 << 20;
    private readonly string folder = Directory.CreateTempSubdirectory("cove-encfs-").FullName;
    private readonly TestAuthority authority = new();
    private readonly StringWriter log = new();
    private readonly string box = "volumes-" + RandomNumberGenerator.GetHexString(12, lowercase: true);
    private FakeServices services = null!;
    private FakeProcessor processor = null!;
    private Azurite blobs = null!;
    private HttpClient client = null!;
    private SkrSidecar skr = null!;
    private byte[] large = [];
    private byte[] content = [];
    private VolumeVerity verity = null!;

    private string MountPoint => Path.Combine(folder, "remote", "share");

    public async ValueTask InitializeAsync()
    {
        Mounting.Require();
        blobs = shared.Server;
        services = await FakeServices.StartAsync(authority);
        processor = new FakeProcessor(Recordings.Evidence().Report);
        var handler = Outbound.CreateHandler(TrustRoots.Of([authority.Root]), new Dialer(isSimulated: true));
        handler.ConnectCallback = (context, cancellation) =>
            context.DnsEndPoint.Port == blobs.Port ? new Dialer(isSimulated: true).ConnectAsync(context.DnsEndPoint, isNamedByCaller: true, cancellation) : services.ConnectAsync(context.DnsEndPoint, cancellation);
        client = new HttpClient(handler) { Timeout = Timeout.InfiniteTimeSpan };
        skr = await SkrSidecar.CreateAsync(new SkrSettings { Azure = new AzureInformation() }, Surroundings(), default);
    }

    public async ValueTask DisposeAsync()
    {
        if (Directory.Exists(Path.Combine(folder, "remote")))
        {
            foreach (var left in Directory.GetDirectories(Path.Combine(folder, "remote"), ".filesystem-*")) GuestMounts.TryDetach(left);
        }

        skr?.Dispose();
        client?.Dispose();
        if (processor is not null) await processor.DisposeAsync();
        if (services is not null) await services.DisposeAsync();
        authority.Dispose();
        Directory.Delete(folder, recursive: true);
    }

    [Theory]
    [InlineData("octkey", false)]
    [InlineData("octkey", true)]
    [InlineData("rsakey", true)]
    public async Task A_volume_is_seen_at_its_mount_point_while_the_sidecar_runs(string key, bool page)
    {
        await PushAsync(key, page);
        await using (var sidecar = Sidecar())
        {
            await sidecar.MountAsync([Wanted(key)], default);
            Assert.Equal(".filesystem-0", new FileInfo(MountPoint).LinkTarget);
            Assert.Equal("1,2,3\n", await File.ReadAllTextAsync(Path.Combine(MountPoint, "data.csv")));
            Assert.ThrowsAny<IOException>(() => File.WriteAllText(Path.Combine(MountPoint, "more"), "x"));
            Assert.Contains($"filesystem-0: opened with {(EncryptedVolumeMount.WhyNot() is null ? "dm-crypt" : "our own reader")}", log.ToString());
        }

        Assert.False(Path.Exists(MountPoint));
        Assert.DoesNotContain(folder, await File.ReadAllTextAsync("/proc/self/mounts"));
    }

    [Fact]
    public async Task What_is_written_is_in_the_blob_when_the_sidecar_has_stopped()
    {
        await PushAsync("octkey", page: true);
        var written = RandomNumberGenerator.GetBytes(5 << 20);
        await using (var sidecar = Sidecar())
        {
            await sidecar.MountAsync([Wanted("octkey", writable: true)], default);
            await File.WriteAllBytesAsync(Path.Combine(MountPoint, "written"), written);
        }

        await using (var sidecar = Sidecar())
        {
            await sidecar.MountAsync([Wanted("octkey")], default);
            Assert.True((await File.ReadAllBytesAsync(Path.Combine(MountPoint, "written"))).AsSpan().SequenceEqual(written));
        }

        Assert.Equal(0, await CheckAsync("octkey"));
    }

    [Fact]
    public async Task Another_key_opens_nothing_and_the_reason_is_told_and_a_restart_with_the_right_one_works()
    {
        await PushAsync("octkey", page: false);
        await using (var sidecar = Sidecar())
        {
            var failed = await Assert.ThrowsAsync<SkrFailureException>(() => sidecar.MountAsync([Wanted("rsakey")], default));
            Assert.StartsWith("Failed to mount filesystems: failed to mount filesystem index 0: ", failed.Message);
            Assert.Contains("volume-key-rejected", failed.Message);
            Assert.Contains("volume-key-rejected", await File.ReadAllTextAsync(Wanted("rsakey").FailureFile));
            Assert.False(Path.Exists(MountPoint));
        }

        await using (var sidecar = Sidecar())
        {
            await sidecar.MountAsync([Wanted("octkey")], default);
            Assert.True(File.Exists(Path.Combine(MountPoint, "data.csv")));
            Assert.False(File.Exists(Wanted("octkey").FailureFile));
        }
    }

    [Theory]
    [InlineData("deny", "403")]
    [InlineData("eckey", "failed to extract raw key")]
    public async Task A_key_that_is_not_released_or_of_no_use_is_named(string key, string reason)
    {
        await PushAsync("octkey", page: false);
        await using var sidecar = Sidecar();
        var failed = await Assert.ThrowsAsync<SkrFailureException>(() => sidecar.MountAsync([Wanted(key)], default));
        Assert.Contains(reason, failed.Message);
    }

    [Fact]
    public async Task A_later_volume_that_fails_takes_the_earlier_ones_down()
    {
        await PushAsync("octkey", page: false);
        var second = Wanted("octkey") with { Index = 1, MountPoint = MountPoint + "2", Blob = BlobAddress.Parse(blobs.Url(box + "/none")) };
        await using (var sidecar = Sidecar())
        {
            var failed = await Assert.ThrowsAsync<SkrFailureException>(() => sidecar.MountAsync([Wanted("octkey"), second], default));
            Assert.Contains("index 1", failed.Message);
            Assert.Contains("none of this name", failed.Message);
        }

        Assert.False(Path.Exists(MountPoint));
        Assert.DoesNotContain(folder, await File.ReadAllTextAsync("/proc/self/mounts"));
    }

    [Fact]
    public async Task What_a_killed_sidecar_left_behind_is_replaced()
    {
        await PushAsync("octkey", page: false);
        Directory.CreateDirectory(Wanted("octkey").MountFolder);
        GuestMounts.MountMemory(Wanted("octkey").MountFolder, 1 << 20, (UnixFileMode)0b111_000_000);
        File.CreateSymbolicLink(MountPoint, ".filesystem-0");
        await using var sidecar = Sidecar();
        await sidecar.MountAsync([Wanted("octkey")], default);
        Assert.True(File.Exists(Path.Combine(MountPoint, "data.csv")));
    }

    [Fact]
    public async Task A_mount_point_that_somebody_else_made_is_left_alone()
    {
        await PushAsync("octkey", page: false);
        Directory.CreateDirectory(MountPoint);
        await using var sidecar = Sidecar();
        var failed = await Assert.ThrowsAsync<SkrFailureException>(() => sidecar.MountAsync([Wanted("octkey")], default));
        Assert.Contains("exists", failed.Message);
        Assert.True(Directory.Exists(MountPoint));
    }

    [Fact]
    public async Task A_changed_block_of_the_file_systems_structure_is_noticed()
    {
        await PushAsync("octkey", page: true);

        // The superblock: ext4 knows its magic number, and XTS garbles the sixteen bytes around a changed one.
        await TamperAsync(LuksFormatter.DataOffset + 1024 + 56);
        await using var sidecar = Sidecar();
        var failed = await Assert.ThrowsAsync<SkrFailureException>(() => sidecar.MountAsync([Wanted("octkey")], default));
        Assert.Contains("failed to mount filesystem", failed.Message);
    }

    /// <summary>What XTS alone cannot find, the sidecar has said at the mount.</summary>
    [Fact]
    public async Task A_changed_block_of_a_files_content_is_read_as_other_bytes_and_the_log_had_said_so()
    {
        await PushAsync("octkey", page: true);
        await TamperAsync(LuksFormatter.DataOffset + PlaceOf(4096));
        await using var sidecar = Sidecar();
        await sidecar.MountAsync([Wanted("octkey")], default);
        Assert.Contains("filesystem-0: content is not authenticated", log.ToString());
        var read = await File.ReadAllBytesAsync(Path.Combine(MountPoint, "large"));
        var differing = Enumerable.Range(0, LargeLength).Where(i => read[i] != large[i]).ToList();
        Assert.InRange(differing.Count, 1, 16);
        Assert.All(differing, at => Assert.Equal(4096, at / 16 * 16));
    }

    [Fact]
    public async Task With_verity_what_was_not_changed_is_read_and_a_changed_block_is_an_error_with_its_number()
    {
        await PushAsync("octkey", page: true);
        await using (var sidecar = Sidecar())
        {
            await sidecar.MountAsync([Wanted("octkey") with { Verity = verity }], default);
            Assert.Contains($"filesystem-0: every block is checked against verity {verity}", log.ToString());
            Assert.DoesNotContain("not authenticated", log.ToString());
            Assert.True((await File.ReadAllBytesAsync(Path.Combine(MountPoint, "large"))).AsSpan().SequenceEqual(large));
        }

        await TamperAsync(LuksFormatter.DataOffset + PlaceOf(5 << 20));
        await using (var sidecar = Sidecar())
        {
            await sidecar.MountAsync([Wanted("octkey") with { Verity = verity }], default);
            Assert.ThrowsAny<IOException>(() => File.ReadAllBytes(Path.Combine(MountPoint, "large")));
            Assert.Contains($"volume-content-altered: block {PlaceOf(5 << 20) / 4096}:", log.ToString());
            Assert.Equal("1,2,3\n", await File.ReadAllTextAsync(Path.Combine(MountPoint, "data.csv")));
        }
    }

    [Fact]
    public async Task With_verity_of_other_content_nothing_is_opened()
    {
        await PushAsync("octkey", page: false);
        await using var sidecar = Sidecar();
        var failed = await Assert.ThrowsAsync<SkrFailureException>(() => sidecar.MountAsync([Wanted("octkey") with { Verity = VolumeVerity.Of(verity.DataBlocks, new byte[32]) }], default));
        Assert.Contains("volume not opened: volume-content-altered: hash tree", failed.Message);
        Assert.False(Path.Exists(MountPoint));
    }

    [Theory]
    [InlineData(new[] { 100 }, null)]
    [InlineData(new[] { 100, 16384 + 100 }, "header")]
    [InlineData(new[] { (2 * 16384) + 5 }, "volume-key-rejected")]
    public async Task A_changed_header_is_noticed_and_one_damaged_copy_of_two_is_none(int[] changed, string? reason)
    {
        await PushAsync("octkey", page: true);
        foreach (var at in changed) await TamperAsync(at);
        await using var sidecar = Sidecar();
        if (reason is null)
        {
            await sidecar.MountAsync([Wanted("octkey")], default);
            Assert.Equal("1,2,3\n", await File.ReadAllTextAsync(Path.Combine(MountPoint, "data.csv")));
            return;
        }

        var failed = await Assert.ThrowsAsync<SkrFailureException>(() => sidecar.MountAsync([Wanted("octkey")], default));
        Assert.Contains(reason, failed.Message);
        Assert.False(Path.Exists(MountPoint));
    }

    [Fact]
    public async Task A_blob_that_changes_under_a_read_only_mount_gives_no_more_bytes()
    {
        await PushAsync("octkey", page: true);
        await using var sidecar = Sidecar();
        await sidecar.MountAsync([Wanted("octkey")], default);
        await TamperAsync(LuksFormatter.DataOffset + DataLength - 512);
        Assert.ThrowsAny<IOException>(() => File.ReadAllBytes(Path.Combine(MountPoint, "large")));
        Assert.Contains("it has changed since it was opened", log.ToString());
    }

    private SkrSurroundings Surroundings()
    {
        var evidence = Recordings.Evidence();
        var context = SecurityContext.Write(Path.Combine(folder, "security-context-1"), SecurityContext.Thim(evidence.Tcb), evidence.Endorsement);
        var attester = new SimulatedAttester(processor.Path);
        return new SkrSurroundings
        {
            Attester = () => attester,
            Client = client,
            Roots = TrustRoots.Of([authority.Root]),
            Environment = name => name == "UVM_SECURITY_CONTEXT_DIR" ? context : null,
            Root = folder,
            Time = TimeProvider.System,
            Log = new SidecarLog(log, LogLevelName.Trace),
        };
    }

    private EncfsSidecar Sidecar() => new(skr.Release, skr.Tokens, Surroundings());

    private EncfsFileSystem Wanted(string key, bool writable = false) => new(
        0,
        MountPoint,
        BlobAddress.Parse(blobs.Url(box + "/encfs.img") + (writable ? "?" + SharedAccess() : "")),
        IsPrivate: false,
        writable,
        new EncfsKey { KeyId = key, AttestationEndpoint = "localhost", VaultEndpoint = "localhost", AccessToken = "tok", Salt = "92a631483ca875aad7e2477da755d58cac3876b77d10bcdd7b33bfa11e7d8b8e", Label = "Model Encryption Key" });

    /// <summary>Makes an image under a key of the recorded vault, and pushes it.</summary>
    private async Task PushAsync(string key, bool page)
    {
        var tree = Directory.CreateDirectory(Path.Combine(folder, "tree")).FullName;
        await File.WriteAllTextAsync(Path.Combine(tree, "data.csv"), "1,2,3\n");
        large = RandomNumberGenerator.GetBytes(LargeLength);
        await File.WriteAllBytesAsync(Path.Combine(tree, "large"), large);
        var plain = Path.Combine(folder, "plain");
        await File.WriteAllBytesAsync(plain, []);
        using (var file = new FileStream(plain, FileMode.Open)) file.SetLength(DataLength);
        Assert.Equal(0, Run("/usr/sbin/mkfs.ext4", "-q", "-F", "-b", "4096", "-d", tree, plain));
        using (var file = new FileStream(plain, FileMode.Open))
        {
            using var hashes = new MemoryStream();
            verity = VolumeVerity.Of(DataLength / 4096, VerityTreeFile.Write(file, hashes, default).Bytes);
            hashes.WriteTo(file);
        }

        content = await File.ReadAllBytesAsync(plain);
        using var passphrase = VolumePassphrase.Of((await skr.Release.ReleaseAsync(new("localhost", "localhost", key, "tok"), default)).Key, Wanted(key).Key.Salt, Wanted(key).Key.Label);
        using var volume = LuksFormatter.Create(passphrase.Bytes.Span, new LuksOptions(), out var start);
        var image = Path.Combine(folder, "image");
        await File.WriteAllBytesAsync(image, start);
        using (var file = new FileStream(image, FileMode.Open)) file.SetLength(start.Length + content.Length);
        await using (var store = volume.Open(FileStore.Open(image, writable: true))) await store.WriteAsync(0, content, default);
        await using var pushed = FileStore.Open(image, writable: false);
        await new BlobUpload(Owner(), new BlobUploadOptions { AsPageBlob = page, CreateContainer = true, PublicRead = true }).PushAsync(pushed, null, default);
    }

    /// <summary>Where in the file system a block of the large file lies.</summary>
    private int PlaceOf(int at)
    {
        var place = content.AsSpan().IndexOf(large.AsSpan(at, 1024));
        Assert.True(place > 0 && place % 1024 == 0);
        return place;
    }

    private async Task TamperAsync(int at)
    {
        var sector = new byte[512];
        var start = at / 512 * 512;
        await Owner().ReadAsync(start, sector, null, default);
        sector[at - start] ^= 1;
        await Owner().WritePagesAsync(start, sector, default);
    }

    /// <summary>What e2fsck says of the volume's data.</summary>
    private async Task<int> CheckAsync(string key)
    {
        var image = await BlobStore.OpenAsync(Owner(), writable: false, default);
        using var passphrase = VolumePassphrase.Of((await skr.Release.ReleaseAsync(new("localhost", "localhost", key, "tok"), default)).Key, Wanted(key).Key.Salt, Wanted(key).Key.Label);
        Assert.True((await (await LuksHeader.ReadAsync(image, default)).UnlockAsync(image, passphrase.Bytes, default)).IsAccepted(out var volume, out _));
        await using var store = volume!.Open(image);
        var plain = new byte[store.Length];
        await store.ReadAsync(0, plain, default);
        volume.Dispose();
        await File.WriteAllBytesAsync(Path.Combine(folder, "checked"), plain);
        return Run("/usr/sbin/e2fsck", "-f", "-n", Path.Combine(folder, "checked"));
    }

    private BlobClient Owner() => new(client, BlobAddress.Parse(blobs.Url(box + "/encfs.img")), BlobAuthorization.SharedKey(Azurite.Account, Azurite.Key), TimeProvider.System);

    private string SharedAccess()
    {
        const string From = "2020-01-01T00:00:00Z", Until = "2099-01-01T00:00:00Z", Version = "2020-10-02";
        var text = string.Join('\n', "rw", From, Until, $"/blob/{Azurite.Account}/{box}/encfs.img", "", "", "", Version, "b", "", "", "", "", "", "");
        var signature = Convert.ToBase64String(HMACSHA256.HashData(Azurite.Key, Encoding.UTF8.GetBytes(text)));
        return $"sp=rw&st={Uri.EscapeDataString(From)}&se={Uri.EscapeDataString(Until)}&sv={Version}&sr=b&sig={Uri.EscapeDataString(signature)}";
    }

    private static int Run(string program, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false })!;
        _ = process.StandardError.ReadToEndAsync();
        process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return process.ExitCode;
    }
}
