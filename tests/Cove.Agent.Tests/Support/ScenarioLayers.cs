using System.Formats.Tar;
using System.Text;
using Cove.Images.Layers;

namespace Cove.Agent.Tests.Support;

/// <summary>Real layers in place of those that the recorded scenarios only name: by the name's first letter.</summary>
internal sealed class ScenarioLayers
{
    private const string Busybox = "/usr/bin/busybox";
    private const int Executable = 0b111_101_101;

    private static readonly Lazy<ScenarioLayers> Shared = new(() => new ScenarioLayers());

    private readonly Dictionary<char, (string Path, string Root)> layers = [];

    private ScenarioLayers()
    {
        foreach (var letter in "abcf")
        {
            var path = Path.Combine(Path.GetTempPath(), $"cove-scenario-{letter}-{Environment.ProcessId}.ext4");
            using var image = new FileStream(path, FileMode.Create, FileAccess.ReadWrite);
            layers[letter] = (path, LayerHasher.WriteExt4(Tar(letter), image).Root.Hex);
            AppDomain.CurrentDomain.ProcessExit += (_, _) => File.Delete(path);
        }
    }

    /// <summary>The layers, or a skip where there is no static busybox.</summary>
    public static ScenarioLayers Get()
    {
        Assert.SkipUnless(File.Exists(Busybox), "there is no static busybox here (Debian: busybox-static)");
        return Shared.Value;
    }

    /// <summary>The text with the roots of the real layers in place of the recorded names.</summary>
    public string Translate(string text) => layers.Aggregate(text, (changed, layer) => changed.Replace(Name(layer.Key), layer.Value.Root, StringComparison.Ordinal));

    public string PathOf(string name) => layers.Values.First(layer => layer.Root == name).Path;

    private static string Name(char letter) => new(letter, 64);

    // b lies above a in the scenarios, so that only a and c need to be whole.
    private static MemoryStream Tar(char letter)
    {
        var tar = new MemoryStream();
        using (var writer = new TarWriter(tar, TarEntryFormat.Pax, leaveOpen: true))
        {
            foreach (var folder in (string[])["bin", "etc", "tmp", "proc", "sys", "dev", "w", "v"])
                writer.WriteEntry(new PaxTarEntry(TarEntryType.Directory, folder + "/") { Mode = (UnixFileMode)Executable });
            Add(writer, $"etc/layer-{letter}", "", 0b110_100_100);
            if (letter is 'a' or 'c') AddPrograms(writer);
        }

        tar.Position = 0;
        return tar;
    }

    private static void AddPrograms(TarWriter writer)
    {
        writer.WriteEntry(new PaxTarEntry(TarEntryType.RegularFile, "bin/busybox") { DataStream = new MemoryStream(File.ReadAllBytes(Busybox)), Mode = (UnixFileMode)Executable });
        foreach (var program in (string[])["sh", "sleep"]) writer.WriteEntry(new PaxTarEntry(TarEntryType.SymbolicLink, $"bin/{program}") { LinkName = "busybox" });
        Add(writer, "app", "#!/bin/sh\ntrap '' TERM INT\nwhile :; do sleep 1; done\n", Executable);
        foreach (var program in (string[])["bin/probe", "bin/dbg"]) Add(writer, program, "#!/bin/sh\nexit 0\n", Executable);
        Add(writer, "etc/passwd", "root:x:0:0:root:/root:/bin/sh\napp:x:1000:1000:app:/:/bin/sh\n", 0b110_100_100);
        Add(writer, "etc/group", "root:x:0:\napp:x:1000:\nx:x:8:\n", 0b110_100_100);
    }

    private static void Add(TarWriter writer, string name, string content, int mode) =>
        writer.WriteEntry(new PaxTarEntry(TarEntryType.RegularFile, name) { DataStream = new MemoryStream(Encoding.UTF8.GetBytes(content)), Mode = (UnixFileMode)mode });
}
