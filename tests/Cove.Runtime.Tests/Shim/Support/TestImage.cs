using Cove.Images.Oci;
using Cove.Images.Packing;
using Cove.Images.Store;
using Cove.Policy.Model;

namespace Cove.Tests.Runtime.Shim.Support;

/// <summary>An image of two layers around Debian's static busybox, as an OCI archive; the layers are compressed with zstd, of which nothing shows in what they are.</summary>
internal sealed class TestImage
{
    public const string Name = "docker.io/library/quay:1";

    private const string Busybox = "/usr/bin/busybox";
    private static readonly string[] Programs = ["sh", "echo", "cat", "id", "ls", "sleep", "wget", "httpd", "env", "seq", "true", "false", "tty", "stty", "hostname", "kill", "tar"];

    private TestImage(string archive, ImageFacts facts) => (Archive, Facts) = (archive, facts);

    /// <summary>The archive's path.</summary>
    public string Archive { get; }

    /// <summary>What a policy is written from.</summary>
    public ImageFacts Facts { get; }

    public static async Task<TestImage> MakeAsync(string folder)
    {
        var (below, above) = (Path.Combine(folder, "below"), Path.Combine(folder, "above"));
        foreach (var part in (string[])["bin", "etc", "tmp", "proc", "sys", "dev", "run"]) Directory.CreateDirectory(Path.Combine(below, part));
        File.Copy(Busybox, Path.Combine(below, "bin/busybox"));
        foreach (var program in Programs) File.CreateSymbolicLink(Path.Combine(below, "bin", program), "busybox");
        await File.WriteAllTextAsync(Path.Combine(below, "etc/passwd"), "root:x:0:0:root:/:/bin/sh\n");
        await File.WriteAllTextAsync(Path.Combine(below, "etc/group"), "root:x:0:\n");
        Directory.CreateDirectory(Path.Combine(above, "etc"));
        await File.WriteAllTextAsync(Path.Combine(above, "etc/motd"), "moored\n");

        var store = new ImageStore(Path.Combine(folder, "store"));
        var image = ImagePacker.Pack(
            new ImageRecipe { Layers = [new PackedLayer(below), new PackedLayer(above)], Command = ["/bin/sh"], Environment = ["PATH=/bin"] }, store, TestContext.Current.CancellationToken);
        var archive = Path.Combine(folder, "quay.tar");
        var plain = Path.Combine(folder, "plain.tar");
        await using (var file = File.Create(plain)) ImageExport.WriteArchive(store, image, ImageReference.Parse(Name), file);
        Recompressed.Write(plain, archive, "+zstd", tar => new ZstdSharp.CompressionStream(tar, leaveOpen: true));
        var hashed = store.Hash(image, TestContext.Current.CancellationToken);
        return new TestImage(archive, new ImageFacts { Layers = hashed.RootHashes, Cmd = ["/bin/sh"], Environment = ["PATH=/bin"] });
    }
}
