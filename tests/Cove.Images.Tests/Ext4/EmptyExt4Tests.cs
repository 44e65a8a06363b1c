using System.Diagnostics;
using Cove.Images.Ext4;
using Cove.Outcomes;

namespace Cove.Tests.Ext4;

public sealed class EmptyExt4Tests : IDisposable
{
    private const long Group = 128L << 20;

    private readonly TemporaryFolder temporary = new();

    public void Dispose() => temporary.Dispose();

    [Theory]
    [InlineData(EmptyExt4.MinimumSize)]
    [InlineData(Group)]
    [InlineData(Group + 4096)]
    [InlineData((3 * Group) + (1 << 20))]
    [InlineData(8L << 30)]
    [InlineData(200 * Group)]
    public void The_checker_of_ext4_has_nothing_to_say(long size)
    {
        Format(size);
        var (code, said) = Run("e2fsck", "-f", "-n", temporary["disk"]);
        Assert.True(code == 0, said);
        Assert.DoesNotContain("Fix?", said, StringComparison.Ordinal);
    }

    [Fact]
    public void Files_that_are_written_into_it_are_there()
    {
        Format(2 * Group);
        File.WriteAllBytes(temporary["file"], [.. Enumerable.Range(0, 300_000).Select(i => (byte)(i * 7))]);
        foreach (var request in (string[])["mkdir folder", $"write {temporary["file"]} folder/file", "symlink folder/link file"]) Assert.Equal(0, Run("debugfs", "-w", "-R", request, temporary["disk"]).Code);
        var (code, said) = Run("e2fsck", "-f", "-n", temporary["disk"]);
        Assert.True(code == 0, said);
        Run("debugfs", "-R", $"dump folder/file {temporary["back"]}", temporary["disk"]);
        Assert.Equal(File.ReadAllBytes(temporary["file"]), File.ReadAllBytes(temporary["back"]));
    }

    [Fact]
    public void Little_is_written_whatever_the_disk_held()
    {
        using (var disk = File.Create(temporary["disk"]))
        {
            disk.SetLength(64 * Group);
            EmptyExt4.Format(disk, disk.Length);
        }

        var start = new ProcessStartInfo("du", ["--block-size=1", temporary["disk"]]) { UseShellExecute = false, RedirectStandardOutput = true };
        using var du = Process.Start(start)!;
        Assert.InRange(long.Parse(du.StandardOutput.ReadToEnd().Split('\t')[0]), 1, 1 << 20);
    }

    [Theory]
    [InlineData(EmptyExt4.MinimumSize - 1)]
    [InlineData(EmptyExt4.MaximumSize + 1)]
    public void A_disk_too_small_or_too_large_is_refused(long size) => Assert.Throws<MalformedException>(() => EmptyExt4.Format(new MemoryStream(), size));

    private void Format(long size)
    {
        using var disk = File.Create(temporary["disk"]);
        disk.SetLength(size);
        EmptyExt4.Format(disk, size);
    }

    private static (int Code, string Said) Run(string program, params string[] arguments)
    {
        var path = ((string[])["/usr/sbin", "/sbin", "/usr/bin"]).Select(folder => Path.Combine(folder, program)).FirstOrDefault(File.Exists);
        Assert.SkipWhen(path is null, $"this host lacks {program}: apt-get install e2fsprogs");
        using var process = Process.Start(new ProcessStartInfo(path, arguments) { UseShellExecute = false, RedirectStandardOutput = true, RedirectStandardError = true })!;
        var error = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode, output + error.GetAwaiter().GetResult());
    }
}
