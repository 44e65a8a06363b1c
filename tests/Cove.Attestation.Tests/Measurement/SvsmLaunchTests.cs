using System.Buffers.Binary;
using System.Text.Json;
using Cove.Attestation.Measurement;
using Cove.Attestation.Tests.Snp;
using Cove.Outcomes;

namespace Cove.Attestation.Tests.Measurement;

public sealed class SvsmLaunchTests
{
    private const string Folder = "virtee-sev-snp-measure/";
    private static readonly Guid Info = new("a789a612-0597-4c4b-a49f-cbb1fe9d1ddd");

    [Theory]
    [InlineData("snp-svsm-2cpu")]
    [InlineData("snp-svsm-4cpu")]
    public void Computes_the_digest_that_the_reference_does(string name)
    {
        using var document = JsonDocument.Parse(Known.Bytes(Folder + "expected.json"));
        var one = document.RootElement.GetProperty("cases").EnumerateArray().Single(candidate => candidate.GetProperty("name").GetString() == name);
        var launch = new SvsmLaunch
        {
            Firmware = OvmfImage.Parse(File.ReadAllBytes(Large(one.GetProperty("ovmf_file").GetString()!))),
            ServiceModule = SvsmImage.Parse(File.ReadAllBytes(Large(one.GetProperty("svsm_file").GetString()!))),
            VariablesSize = one.GetProperty("ovmf_vars_size").GetUInt32(),
            Processors = one.GetProperty("vcpus").GetInt32(),
            ProcessorSignature = 0x800F12,
        };
        Assert.Equal(one.GetProperty("expected").GetString(), Convert.ToHexStringLower(launch.Measure()));
    }

    // The digest was computed by a program of its own from the rules alone (section 2.6 of the measurement notes), not by this library.
    [Fact]
    public void Small_images_have_the_digest_that_the_rules_give() => Assert.Equal("7028b618d1f63e5dd728b28e0861b3d80e58079b0d0325f423663515fe9abbd0f8d3e4fd9cbe059ec16ae535d97ee5d5", Convert.ToHexStringLower(Small().Measure()));

    [Fact]
    public void Every_part_of_the_launch_changes_the_digest()
    {
        var launch = Small();
        var digest = launch.Measure();
        Assert.NotEqual(digest, (launch with { Processors = 3 }).Measure());
        Assert.NotEqual(digest, (launch with { VariablesSize = 0x5000 }).Measure());
        Assert.NotEqual(digest, (launch with { ProcessorSignature = 0xA00F11 }).Measure());
        Assert.NotEqual(digest, (launch with { ServiceModule = SvsmImage.Parse(Image(12288, entry: 0x44, Sections)) }).Measure());
        Assert.NotEqual(digest, (launch with { ServiceModule = SvsmImage.Parse(Image(12288, entry: 0x40, Sections[..3])) }).Measure());
    }

    [Fact]
    public void A_module_without_its_entry_or_without_place_is_refused()
    {
        Assert.Equal("table", Assert.Throws<MalformedException>(() => SvsmImage.Parse(Image(12288, entry: null, Sections))).Field);
        Assert.Equal("variables", Assert.Throws<MalformedException>(() => (Small() with { VariablesSize = 0xFFFF_F000 }).Measure()).Field);
        Assert.Equal("variables", Assert.Throws<MalformedException>(() => (Small() with { VariablesSize = 0x4001 }).Measure()).Field);
        Assert.Equal("processors", Assert.Throws<MalformedException>(() => (Small() with { Processors = 0 }).Measure()).Field);
    }

    private static OvmfSection[] Sections =>
    [
        new(0x800000, 0x2000, OvmfSectionKind.Memory),
        new(0x802000, 0x1000, OvmfSectionKind.Secrets),
        new(0x803000, 0x1000, OvmfSectionKind.Cpuid),
        new(0x804000, 0x1000, OvmfSectionKind.ServiceModuleCallingArea),
    ];

    private static SvsmLaunch Small() => new()
    {
        Firmware = OvmfImage.Parse(Image(8192, entry: null, [new(0x800000, 0x1000, OvmfSectionKind.Memory)])),
        ServiceModule = SvsmImage.Parse(Image(12288, entry: 0x40, Sections)),
        VariablesSize = 0x4000,
        Processors = 2,
        ProcessorSignature = 0x800F12,
    };

    // Both images are several megabytes, so a copy of the vectors may lack them.
    private static string Large(string name)
    {
        var path = Cove.Tests.Vectors.Path("attestation", "virtee-sev-snp-measure", name);
        Assert.SkipUnless(File.Exists(path), $"{name} is not among the vectors (it is tests/fixtures/{name} of virtee/sev-snp-measure)");
        return path;
    }

    // Recognisable filler, the metadata at 0x200, and a table at the end that points to it.
    private static byte[] Image(int size, uint? entry, OvmfSection[] sections)
    {
        const int metadataAt = 0x200;
        var image = new byte[size];
        for (var i = 0; i < size; i++) image[i] = (byte)((i * 7) + 3);
        List<uint> metadata = [0x5645_5341, (uint)(16 + (12 * sections.Length)), 1, (uint)sections.Length, .. sections.SelectMany(section => (uint[])[section.Address, section.Size, (uint)section.Kind])];
        for (var i = 0; i < metadata.Count; i++) BinaryPrimitives.WriteUInt32LittleEndian(image.AsSpan(metadataAt + (4 * i)), metadata[i]);
        List<byte> table = [];
        if (entry is { } start) table.AddRange([.. BitConverter.GetBytes(start), 22, 0, .. Info.ToByteArray()]);
        table.AddRange([.. BitConverter.GetBytes(size - metadataAt), 22, 0, .. new Guid("dc886566-984a-4798-a75e-5585a7bf67cc").ToByteArray()]);
        table.AddRange([.. BitConverter.GetBytes((ushort)(table.Count + 18)), .. new Guid("96b582de-1fb2-45f7-baea-a366c55a082d").ToByteArray()]);
        table.CopyTo(image, size - 32 - table.Count);
        return image;
    }
}
