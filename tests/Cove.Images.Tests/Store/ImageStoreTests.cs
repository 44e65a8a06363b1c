using System.IO.Compression;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Cove.Images.Layers;
using Cove.Images.Oci;
using Cove.Images.Store;
using Cove.Images.Verity;
using Cove.Outcomes;

namespace Cove.Tests.Store;

public sealed class ImageStoreTests : IDisposable
{
    private static readonly byte[] Layer = TarBytes.Archive(TarBytes.Directory("d/"), TarBytes.File("d/f", "content"u8));

    private readonly TemporaryFolder temporary = new();
    private readonly ImageStore store;

    public ImageStoreTests() => store = new ImageStore(temporary["store"]);

    public void Dispose() => temporary.Dispose();

    [Fact]
    public void Imports_a_layout_folder_with_plain_gzip_and_zstd_layers()
    {
        var layout = new LayoutBuilder().AddLayer(Layer).AddLayer(Layer, compression: "+gzip").AddLayer(Layer, compression: "+zstd").Build(name: "app:1");
        layout.WriteFolder(temporary["layout"]);
        var image = Assert.Single(store.Import(temporary["layout"])).Image;
        Assert.Equal(layout.Manifest, image.Digest);
        Assert.Equal(["/app"], image.Configuration.Entrypoint);
        var root = LayerHasher.Hash(new MemoryStream(Layer)).Root.Hex;
        Assert.Equal([root, root, root], store.Hash(image).RootHashes);
        Assert.Equal(image.Digest, store.Find(ImageReference.Parse("app:1"))!.Digest);
        Assert.Equal(image.Digest, store.Find(ImageReference.Parse($"anything@{layout.Manifest}"))!.Digest);
        Assert.Null(store.Find(ImageReference.Parse("app:2")));
    }

    [Theory]
    [InlineData("+gzip")]
    [InlineData("+zstd")]
    public void Imports_an_archive_as_it_imports_a_folder(string compression)
    {
        var layout = new LayoutBuilder().AddLayer(Layer, compression).Build(name: "app:1");
        layout.WriteArchive(temporary["image.tar"]);
        Assert.Equal(layout.Manifest, Assert.Single(store.Import(temporary["image.tar"])).Image.Digest);
        Assert.Equal([("docker.io/library/app:1", layout.Manifest)], store.Names);
    }

    [Fact]
    public void Takes_the_linux_amd64_image_of_an_index_and_finds_it_by_the_digest_of_the_index()
    {
        var layout = new LayoutBuilder().AddLayer(Layer).Build(name: "app:1", nested: true);
        layout.WriteFolder(temporary["layout"]);
        var image = Assert.Single(store.Import(temporary["layout"])).Image;
        Assert.Equal(layout.Index, image.Digest);
        Assert.Equal(layout.Manifest, image.Manifest.Digest);
        Assert.Equal(layout.Manifest, store.Find(ImageReference.Parse($"app@{layout.Index}"))!.Manifest.Digest);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Refuses_an_image_for_another_platform_and_says_for_which_it_is(bool nested)
    {
        new LayoutBuilder { Architecture = "arm64" }.AddLayer(Layer).Build("app:1", nested).WriteFolder(temporary["layout"]);
        Assert.Contains("linux/arm64", Refuse("layout").Message, StringComparison.Ordinal);
        Assert.Empty(store.Names);
    }

    [Theory]
    [InlineData("manifest")]
    [InlineData("configuration")]
    [InlineData("layer")]
    public void Refuses_a_blob_that_has_another_digest(string which)
    {
        var layout = new LayoutBuilder().AddLayer(Layer).Build("app:1");
        layout.WriteFolder(temporary["layout"]);
        Assert.Single(new ImageStore(temporary["other"]).Import(temporary["layout"]));
        var digest = which switch { "manifest" => layout.Manifest, "configuration" => layout.Configuration, _ => layout.Layers[0] };
        var path = temporary["layout", "blobs", "sha256", digest.Hex];
        var content = File.ReadAllBytes(path);
        content[content.Length / 2] ^= 1;
        File.WriteAllBytes(path, content);
        Assert.Contains("has the digest", Refuse("layout").Message, StringComparison.Ordinal);
        File.WriteAllBytes(path, [.. File.ReadAllBytes(path), 0]);
        Assert.Contains("bytes, expected", Refuse("layout").Message, StringComparison.Ordinal);
        Assert.Empty(store.Names);
    }

    [Theory]
    [InlineData("")]
    [InlineData("+gzip")]
    [InlineData("+zstd")]
    public void Refuses_a_layer_that_unpacks_to_something_else_than_the_configuration_names(string compression)
    {
        var layout = new LayoutBuilder().AddLayer(Layer, compression, diffId: Digest.Of("other"u8)).Build("app:1");
        layout.WriteFolder(temporary["layout"]);
        Assert.Contains("unpacks to", Refuse("layout").Message, StringComparison.Ordinal);
        Assert.Empty(store.Names);
    }

    [Fact]
    public void Refuses_a_missing_layer()
    {
        var layout = new LayoutBuilder().AddLayer(Layer).Build("app:1");
        layout.WriteFolder(temporary["layout"]);
        File.Delete(temporary["layout", "blobs", "sha256", layout.Layers[0].Hex]);
        Assert.Contains("is missing", Refuse("layout").Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_compressed_layer_of_what_docker_save_wrote_is_named_as_what_it_is()
    {
        var layer = ZstdBytes.Compress(Layer);
        var configuration = LayoutBuilder.ConfigurationJson([Digest.Of(Layer)], "amd64");
        var manifest = $$"""[{"Config":"c.json","RepoTags":["app:1"],"Layers":["layer.tar"]}]""";
        File.WriteAllBytes(temporary["saved.tar"], TarBytes.Archive(
            TarBytes.File("layer.tar", layer), TarBytes.File("c.json", configuration), TarBytes.File("manifest.json", Encoding.UTF8.GetBytes(manifest))));
        var image = Assert.Single(store.Import(temporary["saved.tar"])).Image;
        Assert.Equal("application/vnd.oci.image.layer.v1.tar+zstd", Assert.Single(image.Layers).Blob.MediaType);
        Assert.Equal(Digest.Of(layer), image.Layers[0].Blob.Digest);
        Assert.Equal(LayerHasher.Hash(new MemoryStream(Layer)).Root.Hex, Assert.Single(store.Hash(image).RootHashes));
    }

    [Fact]
    public void Imports_what_docker_save_wrote()
    {
        var configuration = LayoutBuilder.ConfigurationJson([Digest.Of(Layer)], "amd64");
        var manifest = $$"""[{"Config":"{{Digest.Of(configuration).Hex}}.json","RepoTags":["app:1","registry.example:5000/a/b:2"],"Layers":["abc/layer.tar"]}]""";
        File.WriteAllBytes(temporary["saved.tar"], TarBytes.Archive(
            TarBytes.Directory("abc/"), TarBytes.File("real/layer.tar", Layer), TarBytes.Header("abc/layer.tar", '2', link: "../real/layer.tar"),
            TarBytes.File(Digest.Of(configuration).Hex + ".json", configuration), TarBytes.File("manifest.json", Encoding.UTF8.GetBytes(manifest))));
        var imported = Assert.Single(store.Import(temporary["saved.tar"]));
        Assert.Equal(["docker.io/library/app:1", "registry.example:5000/a/b:2"], imported.Names.Select(n => n.Name));
        Assert.Equal(LayerHasher.Hash(new MemoryStream(Layer)).Root.Hex, Assert.Single(store.Hash(imported.Image).RootHashes));

        // The manifest is made, and always the same.
        Assert.Equal(imported.Image.Digest, Assert.Single(new ImageStore(temporary["other"]).Import(temporary["saved.tar"])).Image.Digest);
    }

    [Theory]
    [InlineData("../../etc/passwd")]
    [InlineData("/etc/passwd")]
    [InlineData("a/../../b")]
    public void Refuses_paths_that_lead_out_of_an_archive(string path)
    {
        var configuration = LayoutBuilder.ConfigurationJson([Digest.Of(Layer)], "amd64");
        var manifest = $$"""[{"Config":"c.json","RepoTags":["app:1"],"Layers":["{{path}}"]}]""";
        File.WriteAllBytes(temporary["named.tar"], TarBytes.Archive(TarBytes.File("c.json", configuration), TarBytes.File("manifest.json", Encoding.UTF8.GetBytes(manifest))));
        Assert.Contains("outside", Refuse("named.tar").Message, StringComparison.Ordinal);
        File.WriteAllBytes(temporary["entry.tar"], TarBytes.Archive(TarBytes.File(path, "x"u8)));
        Assert.Contains("outside", Refuse("entry.tar").Message, StringComparison.Ordinal);
        File.WriteAllBytes(temporary["link.tar"], TarBytes.Archive(TarBytes.Header("manifest.json", '2', link: path)));
        Assert.Contains("outside", Refuse("link.tar").Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Refuses_an_archive_whose_links_go_round() => Assert.Contains("too many", Refuse(Write("loop.tar", TarBytes.Archive(TarBytes.Header("index.json", '2', link: "index.json")))).Message, StringComparison.Ordinal);

    [Fact]
    public void Refuses_what_is_no_image_archive()
    {
        Assert.Contains("gunzip", Refuse(Write("a.tar.gz", [0x1f, 0x8b, 8, 0])).Message, StringComparison.Ordinal);
        Assert.Contains("neither", Refuse(Write("layer.tar", Layer)).Message, StringComparison.Ordinal);
        Assert.Contains("checksum", Refuse(Write("noise", RandomNumberGenerator.GetBytes(2048))).Message, StringComparison.Ordinal);
        Assert.Throws<FileNotFoundException>(() => store.Import(temporary["nowhere"]));
    }

    [Theory]
    [InlineData("""{"schemaVersion":1}""")]
    [InlineData("""{"schemaVersion":2,"manifests":[]}""")]
    [InlineData("""{"schemaVersion":2,"manifests":{}}""")]
    [InlineData("""{"schemaVersion":2,"schemaVersion":2,"manifests":[]}""")]
    [InlineData("""{"schemaVersion":2,"manifests":[{"mediaType":"x","digest":"sha256:00","size":1}]}""")]
    [InlineData("""{"schemaVersion":2,"manifests":[{"mediaType":"application/vnd.oci.image.manifest.v1+json","digest":"sha512:00","size":1}]}""")]
    [InlineData("[]")]
    [InlineData("not json")]
    public void Refuses_an_index_that_is_none(string index)
    {
        new LayoutBuilder().AddLayer(Layer).Build("app:1").WriteFolder(temporary["layout"]);
        File.WriteAllText(temporary["layout", "index.json"], index);
        Refuse("layout");
    }

    [Fact]
    public void Refuses_a_layout_of_another_version()
    {
        new LayoutBuilder().AddLayer(Layer).Build("app:1").WriteFolder(temporary["layout"]);
        File.WriteAllText(temporary["layout", "oci-layout"], """{"imageLayoutVersion":"2.0.0"}""");
        Assert.Contains("imageLayoutVersion", Refuse("layout").Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_given_name_replaces_those_in_the_archive()
    {
        new LayoutBuilder().AddLayer(Layer).Build("app:1").WriteFolder(temporary["layout"]);
        store.Import(temporary["layout"], ImageReference.Parse("mine"));
        Assert.Equal(["docker.io/library/mine:latest"], store.Names.Select(n => n.Name));
        Assert.True(store.RemoveName(ImageReference.Parse("mine")));
        Assert.False(store.RemoveName(ImageReference.Parse("mine")));
        Assert.Empty(store.Names);
    }

    [Fact]
    public void Makes_a_layers_image_once_and_again_when_it_was_cut()
    {
        new LayoutBuilder().AddLayer(Layer).Build("app:1").WriteFolder(temporary["layout"]);
        var layer = Assert.Single(store.Import(temporary["layout"])).Image.Layers[0];
        var path = store.EnsureExt4(layer);
        Assert.Equal(store.Hash(layer).Root.Hex + ".ext4", Path.GetFileName(path));
        var written = File.GetLastWriteTimeUtc(path);
        Assert.Equal(path, store.EnsureExt4(layer));
        Assert.Equal(written, File.GetLastWriteTimeUtc(path));
        using (var cut = File.OpenWrite(path)) cut.SetLength(4096);
        Assert.Equal(path, store.EnsureExt4(layer));
        using var image = File.OpenRead(path);
        Assert.Equal(store.Hash(layer).Root, VerityRoot.Compute(image));
    }

    [Fact]
    public void A_damaged_cache_entry_is_computed_again()
    {
        new LayoutBuilder().AddLayer(Layer).Build("app:1").WriteFolder(temporary["layout"]);
        var layer = Assert.Single(store.Import(temporary["layout"])).Image.Layers[0];
        var facts = store.Hash(layer);
        var entry = Assert.Single(Directory.GetFiles(temporary["store", "layers"]));
        File.WriteAllText(entry, "{");
        Assert.Equal(facts, store.Hash(layer));
        File.WriteAllText(entry, File.ReadAllText(entry).Replace(facts.DiffId.Hex, Digest.Of("x"u8).Hex, StringComparison.Ordinal));
        Assert.Equal(facts, store.Hash(layer));
    }

    [Fact]
    public void A_changed_manifest_in_the_store_is_noticed()
    {
        var layout = new LayoutBuilder().AddLayer(Layer).Build("app:1");
        layout.WriteFolder(temporary["layout"]);
        store.Import(temporary["layout"]);
        File.AppendAllText(temporary["store", "blobs", "sha256", layout.Manifest.Hex], " ");
        Assert.Throws<MalformedException>(() => store.Find(ImageReference.Parse("app:1")));
    }

    [Fact]
    public void An_interrupted_write_leaves_the_old_state()
    {
        var old = new LayoutBuilder().AddLayer(Layer).Build("app:1");
        old.WriteFolder(temporary["old"]);
        store.Import(temporary["old"]);
        var before = Snapshot();

        // A layer so large that the import is interrupted inside it.
        var large = TarBytes.Archive(TarBytes.File("large", RandomNumberGenerator.GetBytes(8 << 20)));
        new LayoutBuilder().AddLayer(large).Build("app:1").WriteFolder(temporary["new"]);
        using var source = new CancellationTokenSource();
        source.Cancel();
        Assert.Throws<OperationCanceledException>(() => store.Import(temporary["new"], cancellation: source.Token));
        Assert.Equal(before, Snapshot());
        Assert.Equal(old.Manifest, store.Find(ImageReference.Parse("app:1"))!.Digest);
    }

    [Fact]
    public void Leavings_of_a_killed_writer_go_after_a_day()
    {
        new LayoutBuilder().AddLayer(Layer).Build("app:1").WriteFolder(temporary["layout"]);
        Directory.CreateDirectory(temporary["store", "tmp"]);
        File.WriteAllText(temporary["store", "tmp", "left"], "half");
        store.Import(temporary["layout"]);
        Assert.True(File.Exists(temporary["store", "tmp", "left"]));
        new ImageStore(temporary["store"], new Later(TimeSpan.FromHours(25))).Import(temporary["layout"]);
        Assert.False(File.Exists(temporary["store", "tmp", "left"]));
    }

    [Fact]
    public async Task Several_may_import_and_read_at_once()
    {
        var layouts = Enumerable.Range(0, 6).Select(i => new LayoutBuilder().AddLayer(Layer).AddLayer(TarBytes.Archive(TarBytes.File("n", BitConverter.GetBytes(i % 3)))).Build("app:1")).ToList();
        for (var i = 0; i < layouts.Count; i++) layouts[i].WriteFolder(temporary[$"layout{i}"]);
        await Task.WhenAll(Enumerable.Range(0, layouts.Count).Select(i => Task.Run(() =>
        {
            var mine = new ImageStore(temporary["store"]);
            var image = Assert.Single(mine.Import(temporary[$"layout{i}"])).Image;
            Assert.True(File.Exists(mine.EnsureExt4(image.Layers[1])));
            Assert.NotNull(mine.Find(ImageReference.Parse("app:1")));
        })));
        Assert.Contains(store.Find(ImageReference.Parse("app:1"))!.Digest, layouts.Select(l => l.Manifest));
        Assert.Empty(Directory.GetFiles(temporary["store", "tmp"]));
    }

    private MalformedException Refuse(string name) => Assert.Throws<MalformedException>(() => store.Import(temporary[name]));

    private string Write(string name, byte[] content)
    {
        File.WriteAllBytes(temporary[name], content);
        return name;
    }

    private List<string> Snapshot() =>
    [
        .. Directory.EnumerateFiles(temporary["store"], "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal)
            .Select(path => $"{path} {Convert.ToHexString(SHA256.HashData(File.ReadAllBytes(path)))}"),
    ];

    private sealed class Later(TimeSpan by) : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => base.GetUtcNow() + by;
    }

    /// <summary>Makes image layouts, right and wrong.</summary>
    private sealed class LayoutBuilder
    {
        private readonly Dictionary<string, byte[]> files = [];
        private readonly List<(byte[] Blob, Digest DiffId, string Type)> layers = [];

        public string Architecture { get; init; } = "amd64";

        public Digest Manifest { get; private set; } = Digest.Of([]);

        public Digest Index { get; private set; } = Digest.Of([]);

        public Digest Configuration { get; private set; } = Digest.Of([]);

        public List<Digest> Layers { get; } = [];

        public static byte[] ConfigurationJson(IEnumerable<Digest> diffIds, string architecture) => Encoding.UTF8.GetBytes(new JsonObject
        {
            ["os"] = "linux",
            ["architecture"] = architecture,
            ["config"] = new JsonObject { ["Entrypoint"] = new JsonArray("/app"), ["Env"] = null },
            ["rootfs"] = new JsonObject { ["type"] = "layers", ["diff_ids"] = new JsonArray([.. diffIds.Select(d => (JsonNode)d.ToString())]) },
        }.ToJsonString());

        public LayoutBuilder AddLayer(byte[] tar, string compression = "", Digest? diffId = null)
        {
            layers.Add((Compress(tar, compression), diffId ?? Digest.Of(tar), "application/vnd.oci.image.layer.v1.tar" + compression));
            return this;
        }

        public LayoutBuilder Build(string name, bool nested = false)
        {
            var configuration = ConfigurationJson(layers.Select(l => l.DiffId), Architecture);
            Configuration = Blob(configuration);
            Layers.AddRange(layers.Select(l => Blob(l.Blob)));
            var manifest = Encoding.UTF8.GetBytes(new JsonObject
            {
                ["schemaVersion"] = 2,
                ["config"] = Descriptor("application/vnd.oci.image.config.v1+json", configuration),
                ["layers"] = new JsonArray([.. layers.Select(l => (JsonNode)Descriptor(l.Type, l.Blob))]),
            }.ToJsonString());
            Manifest = Blob(manifest);
            var top = Descriptor("application/vnd.oci.image.manifest.v1+json", manifest);
            if (nested)
            {
                top["platform"] = new JsonObject { ["os"] = "linux", ["architecture"] = Architecture };
                var other = Descriptor("application/vnd.oci.image.manifest.v1+json", [1, 2, 3]);
                other["platform"] = new JsonObject { ["os"] = "linux", ["architecture"] = "s390x" };
                var index = Encoding.UTF8.GetBytes(new JsonObject { ["schemaVersion"] = 2, ["manifests"] = new JsonArray(other, top) }.ToJsonString());
                Index = Blob(index);
                top = Descriptor("application/vnd.oci.image.index.v1+json", index);
            }

            top["annotations"] = new JsonObject { ["org.opencontainers.image.ref.name"] = name };
            files["index.json"] = Encoding.UTF8.GetBytes(new JsonObject { ["schemaVersion"] = 2, ["manifests"] = new JsonArray(top) }.ToJsonString());
            files["oci-layout"] = """{"imageLayoutVersion":"1.0.0"}"""u8.ToArray();
            return this;
        }

        public void WriteFolder(string folder)
        {
            foreach (var (path, content) in files)
            {
                Directory.CreateDirectory(Path.GetDirectoryName(Path.Combine(folder, path))!);
                File.WriteAllBytes(Path.Combine(folder, path), content);
            }
        }

        public void WriteArchive(string path) =>
            File.WriteAllBytes(path, TarBytes.Archive([TarBytes.Directory("./"), .. files.Select(f => TarBytes.File("./" + f.Key, f.Value))]));

        private static JsonObject Descriptor(string type, byte[] content) =>
            new() { ["mediaType"] = type, ["digest"] = Digest.Of(content).ToString(), ["size"] = content.Length };

        private static byte[] Compress(byte[] tar, string compression)
        {
            if (compression.Length == 0) return tar;
            if (compression == "+zstd") return ZstdBytes.Compress(tar, checksum: true);
            using var packed = new MemoryStream();
            using (var stream = new GZipStream(packed, CompressionLevel.Fastest, leaveOpen: true)) stream.Write(tar);
            return packed.ToArray();
        }

        private Digest Blob(byte[] content)
        {
            var digest = Digest.Of(content);
            files[$"blobs/sha256/{digest.Hex}"] = content;
            return digest;
        }
    }
}
