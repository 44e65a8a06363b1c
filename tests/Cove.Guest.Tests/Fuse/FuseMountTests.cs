using System.Diagnostics;
using System.Security.Cryptography;
using Cove.Guest.Fuse;
using Cove.Guest.Mounts;
using Cove.Guest.Tests.Processes;

namespace Cove.Guest.Tests.Fuse;

[Collection(ChildProcesses.Name)]
public sealed class FuseMountTests : IDisposable
{
    private const int Length = 8 << 20;
    private readonly string folder = Directory.CreateTempSubdirectory("cove-fuse-").FullName;
    private readonly byte[] content = RandomNumberGenerator.GetBytes(Length);
    private readonly List<Exception> failures = [];
    private int flushes;

    public FuseMountTests()
    {
        Assert.SkipUnless(Environment.IsPrivilegedProcess, "mounting takes root");
        Assert.SkipUnless(File.Exists("/dev/fuse"), "the kernel has no FUSE (modprobe fuse)");
        Directory.CreateDirectory(Path.Combine(folder, "fuse"));
    }

    private string Fuse => Path.Combine(folder, "fuse");

    private string Volume => Path.Combine(folder, "volume");

    public void Dispose()
    {
        if (Directory.Exists(Volume)) GuestMounts.TryDetach(Volume);
        Directory.Delete(folder, recursive: true);
    }

    [Fact]
    public void The_file_is_read_whole_in_parts_and_past_its_end()
    {
        using var mount = FuseMount.Create(Fuse, Memory(writable: false), threads: 2);
        Assert.Equal([mount.FilePath], Directory.GetFileSystemEntries(Fuse));
        Assert.Equal(Length, new FileInfo(mount.FilePath).Length);
        Assert.True(File.ReadAllBytes(mount.FilePath).AsSpan().SequenceEqual(content));
        using var file = File.OpenHandle(mount.FilePath);
        var part = new byte[1000];
        Assert.Equal(1000, RandomAccess.Read(file, part, 4_000_001));
        Assert.Equal(content[4_000_001..4_001_001], part);
        Assert.Equal(7, RandomAccess.Read(file, part, Length - 7));
        Assert.Equal(0, RandomAccess.Read(file, part, Length));
        Assert.Empty(failures);
    }

    [Fact]
    public void Direct_reads_of_any_whole_sectors_are_answered()
    {
        using var mount = FuseMount.Create(Fuse, Memory(writable: false), threads: 2);
        var start = new ProcessStartInfo("dd", [$"if={mount.FilePath}", "iflag=direct,skip_bytes", "bs=131072", "skip=458752", "count=3", "status=none"]) { RedirectStandardOutput = true, UseShellExecute = false };
        using var dd = Process.Start(start)!;
        using var read = new MemoryStream();
        dd.StandardOutput.BaseStream.CopyTo(read);
        dd.WaitForExit();
        Assert.Equal(0, dd.ExitCode);
        Assert.True(read.ToArray().AsSpan().SequenceEqual(content.AsSpan(458_752, 3 * 131_072)));
    }

    [Fact]
    public void Writes_reach_the_file_and_a_sync_flushes_it()
    {
        using var mount = FuseMount.Create(Fuse, Memory(writable: true), threads: 2);
        var written = RandomNumberGenerator.GetBytes(300_000);
        using (var file = new FileStream(mount.FilePath, FileMode.Open, FileAccess.ReadWrite))
        {
            file.Position = 500_001;
            file.Write(written);
            file.Flush(flushToDisk: true);
        }

        Assert.True(content.AsSpan(500_001, written.Length).SequenceEqual(written));
        Assert.True(flushes >= 1);
    }

    [Fact]
    public void A_read_only_file_is_not_opened_for_writing()
    {
        using var mount = FuseMount.Create(Fuse, Memory(writable: false), threads: 1);
        Assert.ThrowsAny<Exception>(() => File.OpenHandle(mount.FilePath, FileMode.Open, FileAccess.Write).Dispose());
    }

    [Fact]
    public void A_failed_read_is_an_input_output_error_that_is_told_and_leaves_the_mount_usable()
    {
        var broken = true;
        var whole = Memory(writable: false);
        using var mount = FuseMount.Create(Fuse, new FuseFile
        {
            Length = Length, IsWritable = false, Write = whole.Write, Flush = whole.Flush, Failed = whole.Failed,
            Read = (at, buffer) => broken ? throw new IOException("the store is away") : whole.Read(at, buffer),
        }, threads: 1);
        using var file = File.OpenHandle(mount.FilePath);
        Assert.ThrowsAny<IOException>(() => RandomAccess.Read(file, new byte[10], 0));
        Assert.Contains(failures, failure => failure.Message == "the store is away");
        broken = false;
        Assert.Equal(10, RandomAccess.Read(file, new byte[10], 0));
    }

    [Fact]
    public void An_ext4_file_system_in_the_file_is_mounted_written_and_still_sound_afterwards()
    {
        Assert.SkipUnless(File.Exists("/usr/sbin/mkfs.ext4") && File.Exists("/dev/loop-control"), "mkfs.ext4 or loop devices are missing (apt-get install e2fsprogs)");
        var image = Path.Combine(folder, "image");
        File.WriteAllBytes(image, new byte[Length]);
        Assert.Equal(0, Run("/usr/sbin/mkfs.ext4", "-q", "-F", image));
        File.ReadAllBytes(image).CopyTo(content, 0);
        var written = RandomNumberGenerator.GetBytes(2_000_000);
        using (var mount = FuseMount.Create(Fuse, Memory(writable: true), threads: 4))
        {
            GuestMounts.MountVolume(mount.FilePath, Volume, writable: true);
            File.WriteAllBytes(Path.Combine(Volume, "written"), written);
            Assert.Equal(0, Run("sync", "-f", Volume));
            Assert.True(flushes >= 1);
            GuestMounts.Unmount(Volume);
        }

        using (var mount = FuseMount.Create(Fuse, Memory(writable: false), threads: 4))
        {
            GuestMounts.MountVolume(mount.FilePath, Volume, writable: false);
            Assert.True(File.ReadAllBytes(Path.Combine(Volume, "written")).AsSpan().SequenceEqual(written));
            Assert.ThrowsAny<IOException>(() => File.WriteAllText(Path.Combine(Volume, "more"), "x"));
            GuestMounts.Unmount(Volume);
        }

        File.WriteAllBytes(image, content);
        Assert.Equal(0, Run("/usr/sbin/e2fsck", "-f", "-n", image));
        Assert.Empty(failures);
    }

    private FuseFile Memory(bool writable) => new()
    {
        Length = Length,
        IsWritable = writable,
        Read = (at, buffer) =>
        {
            var count = (int)Math.Clamp(Length - at, 0, buffer.Length);
            content.AsSpan((int)at, count).CopyTo(buffer.Span);
            return count;
        },
        Write = (at, data) => data.Span.CopyTo(content.AsSpan((int)at)),
        Flush = () => Interlocked.Increment(ref flushes),
        Failed = failure =>
        {
            lock (failures) failures.Add(failure);
        },
    };

    private static int Run(string program, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false })!;
        process.StandardOutput.ReadToEnd();
        process.StandardError.ReadToEnd();
        process.WaitForExit();
        return process.ExitCode;
    }
}
