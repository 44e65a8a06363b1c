using System.Formats.Tar;
using Cove.Images.Layers;

namespace Cove.Agent.Tests.Support;

/// <summary>A root file system of one layer: a static busybox and what it needs. Made once for all tests.</summary>
internal sealed class BusyboxLayer
{
    private const string Busybox = "/usr/bin/busybox";

    private static readonly string[] Programs = ["sh", "echo", "cat", "env", "id", "ls", "sleep", "hostname", "pwd", "head", "yes", "touch", "stat", "true", "mkdir", "tty", "stty"];

    private static readonly Lazy<BusyboxLayer> Shared = new(() => new BusyboxLayer());

    private BusyboxLayer()
    {
        var tar = new MemoryStream();
        using (var writer = new TarWriter(tar, TarEntryFormat.Pax, leaveOpen: true))
        {
            foreach (var folder in (string[])["bin", "etc", "tmp", "proc", "sys", "dev", "work"])
                writer.WriteEntry(new PaxTarEntry(TarEntryType.Directory, folder + "/") { Mode = (UnixFileMode)0b111_101_101 });
            Add(writer, "bin/busybox", File.ReadAllBytes(Busybox), 0b111_101_101);
            foreach (var program in Programs)
                writer.WriteEntry(new PaxTarEntry(TarEntryType.SymbolicLink, $"bin/{program}") { LinkName = "busybox" });
            Add(writer, "etc/passwd", "root:x:0:0:root:/root:/bin/sh\nreader:x:1000:100:reader:/:/bin/sh\n"u8.ToArray(), 0b110_100_100);
            Add(writer, "etc/group", "root:x:0:\nusers:x:100:\nextra:x:200:\n"u8.ToArray(), 0b110_100_100);
        }

        tar.Position = 0;
        Path = System.IO.Path.Combine(System.IO.Path.GetTempPath(), $"cove-busybox-{Environment.ProcessId}.ext4");
        using var image = new FileStream(Path, FileMode.Create, FileAccess.ReadWrite);
        Root = LayerHasher.WriteExt4(tar, image).Root.Hex;
        AppDomain.CurrentDomain.ProcessExit += (_, _) => File.Delete(Path);
    }

    /// <summary>The ext4 image, or a skip where there is no static busybox.</summary>
    public static BusyboxLayer Get()
    {
        Assert.SkipUnless(File.Exists(Busybox), "there is no static busybox here (Debian: busybox-static)");
        return Shared.Value;
    }

    public string Path { get; }

    public string Root { get; }

    private static void Add(TarWriter writer, string name, byte[] content, int mode) =>
        writer.WriteEntry(new PaxTarEntry(TarEntryType.RegularFile, name) { DataStream = new MemoryStream(content), Mode = (UnixFileMode)mode });
}
