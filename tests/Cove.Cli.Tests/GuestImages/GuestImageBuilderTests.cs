using System.Buffers.Binary;
using System.Text;
using Cove.Attestation.Measurement;
using Cove.Cli.GuestImages;
using Cove.Outcomes;

namespace Cove.Cli.Tests.GuestImages;

public sealed class GuestImageBuilderTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("cove-guest-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public async Task The_same_contents_give_the_same_bytes_in_every_file_whenever_and_wherever_they_are_built()
    {
        await BuildAsync("one", Contents("tree-1"));
        var other = Contents("tree-2");
        foreach (var file in other.Files) File.SetLastWriteTimeUtc(file.Source, DateTime.UnixEpoch);
        await BuildAsync("two", other with { Files = [.. other.Files.Reverse()] });
        string[] names = ["SHA256SUMS", "cmdline", "firmware.fd", "initrd", "manifest.json", "sbom.cdx.json", "vmlinuz"];
        Assert.Equal(names, Directory.GetFiles(At("one")).Select(Path.GetFileName).Order(StringComparer.Ordinal));
        Assert.All(names, name => Assert.Equal(File.ReadAllBytes(Path.Combine(At("one"), name)), File.ReadAllBytes(Path.Combine(At("two"), name))));
    }

    [Theory]
    [InlineData("vmlinuz")]
    [InlineData("initrd")]
    [InlineData("cmdline")]
    [InlineData("firmware.fd")]
    public async Task Every_file_of_a_launch_is_in_the_measurement(string name)
    {
        await BuildAsync("image", Contents("tree"));
        var before = await GuestImage.Open(At("image")).MeasureAsync(2, TestContext.Current.CancellationToken);
        Assert.Equal(before, await GuestImage.Open(At("image")).MeasureAsync(2, TestContext.Current.CancellationToken));
        var path = Path.Combine(At("image"), name);
        var bytes = await File.ReadAllBytesAsync(path, TestContext.Current.CancellationToken);
        bytes[0] ^= 1;
        await File.WriteAllBytesAsync(path, bytes, TestContext.Current.CancellationToken);
        Assert.NotEqual(before, await GuestImage.Open(At("image")).MeasureAsync(2, TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task The_number_of_processors_is_in_the_measurement_and_the_manifest_tells_them()
    {
        var manifest = await BuildAsync("image", Contents("tree"));
        Assert.Equal(manifest.Measurements[2], Convert.ToHexStringLower(await GuestImage.Open(At("image")).MeasureAsync(2, TestContext.Current.CancellationToken)));
        Assert.Equal(manifest.Measurements.Count, manifest.Measurements.Values.Distinct().Count());
    }

    [Fact]
    public void The_stand_in_firmware_has_what_a_measured_kernel_needs()
    {
        var firmware = OvmfImage.Parse(StandInFirmware.Write());
        Assert.NotEqual(0u, firmware.HashTableAddress);
        Assert.NotNull(firmware.ResetAddress);
        Assert.Contains(firmware.Sections, section => section.Kind == OvmfSectionKind.KernelHashes);
    }

    [Fact]
    public void An_archive_is_cpio_as_the_kernel_reads_it()
    {
        using var output = new MemoryStream();
        var archive = new CpioWriter(output);
        archive.Folder("etc");
        archive.File("etc/word", "hello"u8, executable: false);
        archive.CharacterDevice("dev/console", 5, 1);
        archive.Finish();
        var entries = Read(output.ToArray());
        Assert.Equal([("etc", 0x41EDu, ""), ("etc/word", 0x81A4u, "hello"), ("dev/console", 0x2180u, ""), ("TRAILER!!!", 0u, "")], entries);
    }

    [Fact]
    public void Modules_come_after_those_that_they_need_and_built_in_ones_not_at_all()
    {
        var modules = Directory.CreateDirectory(Path.Combine(folder, "modules")).FullName;
        Module("upper-half", "lower,in_kernel");
        Module("lower", "");
        Module("unwanted", "");
        File.WriteAllText(Path.Combine(modules, "modules.builtin"), "kernel/fs/in-kernel.ko\n");
        var ordered = new ModuleSet(modules).Order(["upper_half", "in_kernel"], ["not_there"]);
        Assert.Equal(["lower", "upper_half"], ordered.Select(module => module.Name));
        Assert.Throws<UnavailableException>(() => new ModuleSet(modules).Order(["missing"], []));

        void Module(string name, string depends) => File.WriteAllBytes(Path.Combine(modules, name + ".ko"), Elf($"license=GPL\0depends={depends}\0"));
    }

    [Fact]
    public void A_module_that_is_none_is_malformed()
    {
        var path = Path.Combine(folder, "bad.ko");
        File.WriteAllBytes(path, Elf("depends=\0")[..80]);
        Assert.Throws<MalformedException>(() => KernelModule.Read(path));
        File.WriteAllText(path, "no module at all, but more bytes than a header of an ELF file would have in it");
        Assert.Throws<MalformedException>(() => KernelModule.Read(path));
    }

    [Fact]
    public async Task A_module_goes_in_without_its_signature_and_any_other_file_as_it_is()
    {
        var module = Elf("depends=\0");
        var signed = Path.Combine(folder, "signed.ko");
        await File.WriteAllBytesAsync(signed, Signed(module, new byte[300]), TestContext.Current.CancellationToken);
        var plain = Path.Combine(folder, "plain.ko");
        await File.WriteAllBytesAsync(plain, module, TestContext.Current.CancellationToken);
        Assert.Equal(module, new GuestFile("m.ko", signed, null, Executable: false, Module: true).Read());
        Assert.Equal(module, new GuestFile("m.ko", plain, null, Executable: false, Module: true).Read());
        Assert.Equal(Signed(module, new byte[300]), new GuestFile("m.ko", signed, null, Executable: false).Read());

        var contents = Contents("tree");
        await BuildAsync("image", contents with { Files = [.. contents.Files, new GuestFile("lib/modules/one.ko", signed, "linux", Executable: false, Module: true)] });
        var entry = Read(await File.ReadAllBytesAsync(Path.Combine(At("image"), "initrd"), TestContext.Current.CancellationToken)).Single(one => one.Name == "lib/modules/one.ko");
        Assert.Equal(Encoding.ASCII.GetString(module), entry.Content);
    }

    [Fact]
    public void A_signature_that_does_not_fit_its_module_is_malformed()
    {
        var signed = Signed(Elf("depends=\0"), new byte[300]);
        Assert.Throws<MalformedException>(() => KernelModule.WithoutSignature("m.ko", signed[^28..]));
        BinaryPrimitives.WriteUInt32BigEndian(signed.AsSpan(signed.Length - 28 - 4), (uint)signed.Length);
        Assert.Throws<MalformedException>(() => KernelModule.WithoutSignature("m.ko", signed));
    }

    /// <summary>A module as packages have it: a signature, what describes it, and the mark.</summary>
    private static byte[] Signed(byte[] module, byte[] signature)
    {
        var descriptor = new byte[12];
        descriptor[2] = 2;
        BinaryPrimitives.WriteUInt32BigEndian(descriptor.AsSpan(8), (uint)signature.Length);
        return [.. module, .. signature, .. descriptor, .. "~Module signature appended~\n"u8];
    }

    private string At(string name) => Path.Combine(folder, name);

    private Task<GuestManifest> BuildAsync(string name, GuestImageContents contents) =>
        GuestImageBuilder.WriteAsync(contents, firmware: null, At(name), TestContext.Current.CancellationToken);

    private GuestImageContents Contents(string name)
    {
        var tree = Directory.CreateDirectory(At(name)).FullName;
        foreach (var (file, text) in ((string, string)[])[("kernel", "a kernel"), ("agent", "an agent"), ("library", "a library")]) File.WriteAllText(Path.Combine(tree, file), text);
        return new GuestImageContents(
            Path.Combine(tree, "kernel"),
            [new GuestFile("init", Path.Combine(tree, "agent"), null, Executable: true), new GuestFile("lib/x/library.so", Path.Combine(tree, "library"), "libx", Executable: true)],
            ["/lib/modules/one.ko"],
            ["/lib/modules/two.ko"],
            [new DebianPackage("linux-image-1-cloud-amd64", "1-1", new string('a', 64), tree), new DebianPackage("libx", "1.0~rc1", new string('b', 64), tree)]);
    }

    /// <summary>The least that is an ELF file with two sections: names, and the one with the module's information.</summary>
    private static byte[] Elf(string information)
    {
        var names = "\0.names\0.modinfo\0"u8.ToArray();
        var content = Encoding.ASCII.GetBytes(information);
        var file = new byte[64 + names.Length + content.Length + (2 * 64)];
        new byte[] { 0x7F, (byte)'E', (byte)'L', (byte)'F', 2, 1 }.CopyTo(file, 0);
        var table = 64 + names.Length + content.Length;
        names.CopyTo(file, 64);
        content.CopyTo(file, 64 + names.Length);
        BinaryPrimitives.WriteInt64LittleEndian(file.AsSpan(40), table);
        BinaryPrimitives.WriteInt16LittleEndian(file.AsSpan(60), 2);
        Section(0, 1, 64, names.Length);
        Section(1, 8, 64 + names.Length, content.Length);
        return file;

        void Section(int index, int name, int offset, int size)
        {
            var at = file.AsSpan(table + (index * 64));
            BinaryPrimitives.WriteInt32LittleEndian(at, name);
            BinaryPrimitives.WriteInt64LittleEndian(at[24..], offset);
            BinaryPrimitives.WriteInt64LittleEndian(at[32..], size);
        }
    }

    private static List<(string Name, uint Mode, string Content)> Read(byte[] archive)
    {
        var entries = new List<(string, uint, string)>();
        for (var at = 0; at < archive.Length;)
        {
            Assert.Equal("070701", Encoding.ASCII.GetString(archive, at, 6));
            var (mode, size, name) = (Field(1), (int)Field(6), (int)Field(11));
            var text = Encoding.ASCII.GetString(archive, at + 110, name - 1);
            var content = (at + 110 + name + 3) / 4 * 4;
            entries.Add((text, mode, Encoding.ASCII.GetString(archive, content, size)));
            at = (content + size + 3) / 4 * 4;

            uint Field(int index) => Convert.ToUInt32(Encoding.ASCII.GetString(archive, at + 6 + (index * 8), 8), 16);
        }

        return entries;
    }
}
