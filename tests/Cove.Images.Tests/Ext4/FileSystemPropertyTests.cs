using System.Diagnostics;
using System.Globalization;
using System.Text;
using Cove.Images.Layers;
using FsCheck;
using FsCheck.Fluent;

namespace Cove.Tests.Ext4;

/// <summary>The images are what the checker and the debugger of ext4 itself take them for.</summary>
public sealed class FileSystemPropertyTests : IDisposable
{
    private static readonly string[] Expected =
    [
        "e2fsck 1.", "Pass 1", "Pass 2", "Pass 3", "Pass 4", "Pass 5", "Padding at end of inode bitmap is not set. Fix? no",
        "WARNING: Filesystem still has errors", " files (",
    ];

    private readonly TemporaryFolder temporary = new();

    public void Dispose() => temporary.Dispose();

    [Fact]
    public void A_random_tree_passes_e2fsck_and_comes_back_as_it_was()
    {
        var (e2fsck, debugfs) = (Tool("e2fsck"), Tool("debugfs"));
        var sizes = Gen.Elements(0, 1, 59, 60, 4095, 4096, 4097, 20_000, 600_000);
        var trees = Gen.Choose(0, 5).SelectMany(depth => sizes, (depth, size) => (depth, size)).ListOf(12);
        var count = 0;
        Prop.ForAll(trees.ToArbitrary(), tree => Check([.. tree], temporary[$"{count++}"], e2fsck, debugfs)).Check(Config.QuickThrowOnFailure.WithMaxTest(15));
    }

    [Fact]
    public void An_image_of_several_groups_passes_e2fsck()
    {
        var (e2fsck, _) = (Tool("e2fsck"), "");
        const int mebibytes = 600;
        var tar = new PartsStream((TarBytes.Header("sparse", size: (long)mebibytes << 20), 1), (new byte[1 << 20], mebibytes), (TarBytes.File("after", "abc"u8), 1), (new byte[1024], 1));
        using (var file = File.Create(temporary["image"])) LayerHasher.WriteExt4(tar, file);
        Fsck(e2fsck, temporary["image"]);
    }

    private static bool Check(IReadOnlyList<(int Depth, int Size)> tree, string folder, string e2fsck, string debugfs)
    {
        Directory.CreateDirectory(folder);
        var expected = new Dictionary<string, byte[]>(StringComparer.Ordinal);
        List<byte[]> entries = [];
        for (var i = 0; i < tree.Count; i++)
        {
            // Every other parent is announced; the rest are implied by what lies in them.
            var parent = string.Concat(Enumerable.Range(0, tree[i].Depth).Select(d => $"d{(i + d) % 3}/"));
            if (parent.Length > 0 && i % 2 == 0) entries.Add(TarBytes.Directory(parent));
            var content = Enumerable.Range(0, tree[i].Size).Select(n => (byte)((n * 7) + i)).ToArray();
            var name = $"{parent}f{i}{new string('n', i * 15)}";
            if (name.Length > 100) entries.Add(TarBytes.Pax(("path", name)));
            entries.Add(TarBytes.File(name.Length > 100 ? "long" : name, content));
            expected[name] = content;
            if (i % 3 == 0) entries.Add(TarBytes.Header($"{parent}l{i}", '2', link: new string('t', tree[i].Size % 100 + 1)));
            if (i % 4 == 0 && name.Length <= 100) entries.Add(TarBytes.Header($"{parent}h{i}", '1', link: name));
        }

        var image = Path.Combine(folder, "image");
        using (var file = File.Create(image)) LayerHasher.WriteExt4(new MemoryStream(TarBytes.Archive([.. entries])), file);
        Fsck(e2fsck, image);
        var dump = Path.Combine(folder, "dump");
        Directory.CreateDirectory(dump);
        Run(debugfs, "-R", $"rdump / {dump}", image);
        foreach (var (name, content) in expected)
        {
            if (!File.ReadAllBytes(Path.Combine(dump, name)).AsSpan().SequenceEqual(content)) return false;
        }

        Directory.Delete(folder, recursive: true);
        return true;
    }

    /// <summary>The reference leaves the padding of inode bitmaps clear (container-policy specification, 5.7), and that alone is complained of.</summary>
    private static void Fsck(string e2fsck, string image)
    {
        var output = Run(e2fsck, "-fn", image);
        var odd = output.Split('\n').Where(line => line.Length > 0 && !Expected.Any(part => line.Contains(part, StringComparison.Ordinal)));
        Assert.Empty(odd);
    }

    private static string Tool(string name)
    {
        var path = new[] { "/usr/sbin", "/sbin", "/usr/bin" }.Select(folder => Path.Combine(folder, name)).FirstOrDefault(File.Exists);
        Assert.SkipUnless(path is not null, $"{name} is not here (Debian: e2fsprogs)");
        return path;
    }

    private static string Run(string tool, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(tool, arguments) { UseShellExecute = false, RedirectStandardOutput = true, RedirectStandardError = true })!;
        var errors = process.StandardError.ReadToEndAsync();
        var output = new StringBuilder(process.StandardOutput.ReadToEnd());
        process.WaitForExit();
        return output.Append(CultureInfo.InvariantCulture, $"{errors.Result}").ToString();
    }
}
