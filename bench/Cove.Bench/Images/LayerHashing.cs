using System.Formats.Tar;
using System.IO.Compression;
using Cove.Images.Layers;
using Cove.Images.Verity;

namespace Cove.Bench.Images;

/// <summary>How fast a layer's root hash is computed, from files in the page cache as after a download.</summary>
internal static class LayerHashing
{
    private const int LargeFiles = 16;
    private const int LargeFile = 16 << 20;
    private const int SmallFiles = 20_000;
    private const int SmallFile = 6000;

    public static void Run()
    {
        var folder = Directory.CreateTempSubdirectory("cove-bench-").FullName;
        try
        {
            var yardstick = OpenSslSpeed.Sha256();
            Console.WriteLine($"  openssl speed -elapsed -evp sha256 -bytes 4096, one core: {yardstick:F0} MB/s; processors: {Environment.ProcessorCount}");
            var large = WriteTar(Path.Combine(folder, "large.tar"), LargeFiles, LargeFile);
            Measure("256 MiB in 16 files, root only", large, yardstick, tar => LayerHasher.ComputeRoot(tar));
            Measure("256 MiB in 16 files, root and digest of the tar", large, yardstick, tar => LayerHasher.Hash(tar));
            Measure("256 MiB in 16 files, root, digest and ext4 image", large, yardstick, tar =>
            {
                using var image = File.Create(Path.Combine(folder, "layer.ext4"));
                LayerHasher.WriteExt4(tar, image);
            });
            Measure("ext4 image of it copied and hashed (agent)", Path.Combine(folder, "layer.ext4"), yardstick, image =>
            {
                using var copy = File.Create(Path.Combine(folder, "copy.ext4"));
                VerityRoot.CopyTo(image, copy);
            });
            Measure("120 MB in 20000 files, root only", WriteTar(Path.Combine(folder, "small.tar"), SmallFiles, SmallFile), yardstick, tar => LayerHasher.ComputeRoot(tar));
            MeasureGzip(large, yardstick);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static void Measure(string what, string path, double yardstick, Action<Stream> run) => Rate.Measure(new FileInfo(path).Length, () =>
    {
        using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 0);
        run(file);
    }).Print(what, yardstick);

    /// <summary>The rate counts the unpacked bytes.</summary>
    private static void MeasureGzip(string tar, double yardstick)
    {
        using var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.Optimal, leaveOpen: true))
        using (var plain = File.OpenRead(tar))
            plain.CopyTo(gzip);
        var blob = packed.ToArray();
        Rate.Measure(new FileInfo(tar).Length, () => LayerHasher.ComputeRoot(new MemoryStream(blob))).Print("256 MiB in 16 files, gzip, root only (unpacked bytes)", yardstick);
    }

    /// <summary>Content that repeats within a file but is never zeros, so that neither shortcut nor compression distorts the figures much.</summary>
    private static string WriteTar(string path, int files, int size)
    {
        using var file = File.Create(path);
        using var tar = new TarWriter(file);
        var content = new byte[size];
        var state = 88172645463325252UL;
        for (var i = 0; i < files; i++)
        {
            foreach (ref var b in content.AsSpan())
            {
                state ^= state << 13;
                state ^= state >> 7;
                state ^= state << 17;
                b = (byte)(state & 0x3f);
            }

            tar.WriteEntry(new UstarTarEntry(TarEntryType.RegularFile, $"d{i % 100:D2}/f{i:D5}") { DataStream = new MemoryStream(content) });
        }

        return path;
    }
}
