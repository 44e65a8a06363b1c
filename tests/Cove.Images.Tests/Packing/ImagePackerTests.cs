using Cove.Images.Layers;
using Cove.Images.Oci;
using Cove.Images.Packing;
using Cove.Images.Store;
using Cove.Outcomes;

namespace Cove.Tests.Packing;

public sealed class ImagePackerTests : IDisposable
{
    private readonly TemporaryFolder temporary = new();
    private readonly ImageStore store;

    public ImagePackerTests() => store = new ImageStore(temporary["store"]);

    public void Dispose() => temporary.Dispose();

    [Fact]
    public void The_same_files_and_recipe_give_the_same_digest_whenever_and_wherever()
    {
        var first = Pack(Tree("one"));
        File.SetLastWriteTimeUtc(Tree("two") + "/bin/app", DateTime.UnixEpoch.AddDays(3));
        Assert.Equal(first.Digest, Pack(temporary["two"]).Digest);
    }

    [Fact]
    public void A_changed_byte_mode_name_or_recipe_gives_another_digest()
    {
        var original = Pack(Tree("a")).Digest;
        File.WriteAllText(Tree("b") + "/bin/app", "#!/bin/sh\necho HI\n");
        Assert.NotEqual(original, Pack(temporary["b"]).Digest);
        File.SetUnixFileMode(Tree("c") + "/bin/app", UnixFileMode.UserRead);
        Assert.NotEqual(original, Pack(temporary["c"]).Digest);
        Assert.NotEqual(original, ImagePacker.Pack(Recipe(temporary["a"]) with { User = "2" }, store).Digest);
        Assert.NotEqual(original, ImagePacker.Pack(Recipe(temporary["a"]) with { Time = 1 }, store).Digest);
        Assert.Equal(original, Pack(temporary["a"]).Digest);
    }

    [Fact]
    public void The_configuration_says_what_the_recipe_says()
    {
        var image = Pack(Tree("a"));
        var read = image.Configuration;
        Assert.Equal(["/bin/app"], read.Entrypoint);
        Assert.Equal(["--flag", "\"quoted\""], read.Command);
        Assert.Equal(["PATH=/bin", "EMPTY="], read.Environment);
        Assert.Equal(("1000:1000", "/srv"), (read.User, read.WorkingDirectory));
        Assert.Equal([new("a", "1"), new("b", "2")], read.Labels);
        Assert.Equal(["53/udp", "8080/tcp"], read.ExposedPorts);
        Assert.Equal(DateTimeOffset.UnixEpoch, read.Created);
    }

    [Fact]
    public void Hard_and_symbolic_links_and_modes_are_kept()
    {
        var folder = Tree("a");
        using var tar = new Images.Tar.TarReader(store.OpenLayer(Pack(folder).Layers[0]));
        List<string> entries = [];
        while (tar.Next() is { } entry) entries.Add($"{entry.Kind} {entry.Name} {Convert.ToString(entry.Mode, 8)} {entry.LinkName} {entry.UserId} {entry.Modified!.Value.Seconds}");
        Assert.Equal(
            [
                "Directory bin/ 755  0 0", "File bin/app 4755  0 0", "HardLink bin/twin 4755 bin/app 0 0", "SymbolicLink link 777 bin/app 0 0",
                $"File {new string('l', 120)} 644  0 0", "File \u00c3\u00a9 600  0 0",
            ],
            entries);
    }

    [Fact]
    public void Several_folders_become_layers_base_first()
    {
        var image = ImagePacker.Pack(Recipe(Tree("a")) with { Layers = [new PackedLayer(Tree("a")), new PackedLayer(Directory.CreateDirectory(temporary["empty"]).FullName)] }, store);
        Assert.Equal(2, image.Layers.Count);
        var hashed = store.Hash(image);
        Assert.Equal("8b4842f06982817534a75bcf71865213b09dfa8313229c384e5201dadbd75e25", hashed.RootHashes[1]);
        using var blob = store.OpenLayer(image.Layers[0]);
        Assert.Equal(hashed.Layers[0], LayerHasher.Hash(blob));
    }

    [Fact]
    public void A_packed_image_comes_back_from_an_archive_and_from_a_layout()
    {
        var image = Pack(Tree("a"));
        var name = ImageReference.Parse("sample:1");
        using (var file = File.Create(temporary["image.tar"])) ImageExport.WriteArchive(store, image, name, file);
        ImageExport.WriteLayout(store, image, name, temporary["layout"]);
        foreach (var source in new[] { "image.tar", "layout" })
        {
            var other = new ImageStore(temporary["store-of-" + source]);
            var imported = Assert.Single(other.Import(temporary[source]));
            Assert.Equal("docker.io/library/sample:1", Assert.Single(imported.Names).ToString());
            Assert.Equal(image.Digest, other.Find(name)!.Digest);
            Assert.Equal(store.Hash(image).RootHashes, other.Hash(imported.Image).RootHashes);
        }
    }

    [Fact]
    public void An_archive_has_the_same_bytes_every_time()
    {
        var image = Pack(Tree("a"));
        byte[] Archive()
        {
            using var archive = new MemoryStream();
            ImageExport.WriteArchive(store, image, null, archive);
            return archive.ToArray();
        }

        Assert.Equal(Archive(), Archive());
    }

    [Fact]
    public void Refuses_to_write_a_layout_over_something()
    {
        var image = Pack(Tree("a"));
        Assert.Throws<IOException>(() => ImageExport.WriteLayout(store, image, null, temporary["a"]));
    }

    [Theory]
    [InlineData("relative", "PATH=/", "80")]
    [InlineData("/", "NOVALUE", "80")]
    [InlineData("/", "=x", "80")]
    [InlineData("/", "PATH=/", "0")]
    [InlineData("/", "PATH=/", "80/icmp")]
    [InlineData("/", "PATH=/", "http")]
    public void Refuses_a_recipe_that_makes_no_sense(string working, string variable, string port)
    {
        var recipe = Recipe(Tree("a")) with { WorkingDirectory = "/", Environment = ["PATH=/"], ExposedPorts = ["80"] };
        Assert.NotNull(ImagePacker.Pack(recipe, store));
        Assert.Throws<MalformedException>(() => ImagePacker.Pack(recipe with { WorkingDirectory = working, Environment = [variable], ExposedPorts = [port] }, store));
    }

    [Fact]
    public void Refuses_a_folder_that_is_not_there_and_a_name_that_is_a_whiteout()
    {
        Assert.Throws<MalformedException>(() => Pack(temporary["nowhere"]));
        File.WriteAllText(Tree("a") + "/.wh.gone", "");
        Assert.Throws<MalformedException>(() => Pack(temporary["a"]));
    }

    private static ImageRecipe Recipe(string folder) => new()
    {
        Layers = [new PackedLayer(folder)],
        Entrypoint = ["/bin/app"],
        Command = ["--flag", "\"quoted\""],
        Environment = ["PATH=/bin", "EMPTY="],
        User = "1000:1000",
        WorkingDirectory = "/srv",
        Labels = new Dictionary<string, string> { ["b"] = "2", ["a"] = "1" },
        ExposedPorts = ["8080", "53/udp"],
    };

    private StoredImage Pack(string folder) => ImagePacker.Pack(Recipe(folder), store);

    private string Tree(string name)
    {
        var root = temporary[name];
        Directory.CreateDirectory(root + "/bin");
        File.WriteAllText(root + "/bin/app", "#!/bin/sh\necho hi\n");
        Mode(root + "/bin", "755");
        Mode(root + "/bin/app", "4755");
        File.Delete(root + "/bin/twin");
        File.Delete(root + "/link");
        File.CreateSymbolicLink(root + "/link", "bin/app");
        Process("ln", root + "/bin/app", root + "/bin/twin");
        File.WriteAllText($"{root}/{new string('l', 120)}", "long");
        Mode($"{root}/{new string('l', 120)}", "644");
        File.WriteAllText(root + "/\u00e9", "e");
        Mode(root + "/\u00e9", "600");
        return root;
    }

    private static void Mode(string path, string octal) => File.SetUnixFileMode(path, (UnixFileMode)Convert.ToInt32(octal, 8));

    private static void Process(string command, params string[] arguments)
    {
        using var process = System.Diagnostics.Process.Start(command, arguments);
        process.WaitForExit();
        Assert.Equal(0, process.ExitCode);
    }
}
