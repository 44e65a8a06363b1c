using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json;
using Cove.Attestation.Measurement;
using Cove.Attestation.Tests.Snp;
using Cove.Outcomes;

namespace Cove.Attestation.Tests.Measurement;

public sealed class SnpLaunchTests
{
    private const string Folder = "virtee-sev-snp-measure/";

    public static TheoryData<string> Cases()
    {
        using var document = JsonDocument.Parse(Known.Bytes(Folder + "expected.json"));
        TheoryData<string> names = [];
        foreach (var one in document.RootElement.GetProperty("cases").EnumerateArray())
        {
            if (one.GetProperty("mode").GetString() is "SEV_SNP" or "SEV" or "SEV_ES") names.Add(one.GetProperty("name").GetString()!);
        }

        return names;
    }

    [Theory, MemberData(nameof(Cases))]
    public async Task Computes_the_digest_that_the_reference_does(string name)
    {
        using var document = JsonDocument.Parse(Known.Bytes(Folder + "expected.json"));
        var one = document.RootElement.GetProperty("cases").EnumerateArray().Single(candidate => candidate.GetProperty("name").GetString() == name);
        string Text(string member) => one.GetProperty(member).GetString()!;
        var firmware = OvmfImage.Parse(Known.Bytes(Folder + Text("ovmf_file")));
        // The reference's kernel and initial file system are empty files.
        var kernel = one.GetProperty("kernel").ValueKind == JsonValueKind.Null ? null : await KernelHashes.OfAsync(Stream.Null, Stream.Null, Text("append"));
        var (processors, signature) = (one.GetProperty("vcpus").GetInt32(), Hex(Text("vcpu_sig")));
        var snp = new SnpLaunch
        {
            Firmware = firmware,
            Kernel = kernel,
            Processors = processors,
            ProcessorSignature = signature,
            GuestFeatures = Hex(Text("guest_features")),
            Monitor = Enum.Parse<VirtualMachineMonitor>(Text("vmm_type"), ignoreCase: true),
        };
        var sev = new SevLaunch { Firmware = firmware, Kernel = kernel, Processors = processors, ProcessorSignature = signature, EncryptedState = Text("mode") == "SEV_ES" };
        byte[] Measure() => Text("mode") == "SEV_SNP" ? snp.Measure() : sev.Measure();
        if (Text("expected").StartsWith("ERROR", StringComparison.Ordinal)) Assert.Equal("metadata", Assert.Throws<MalformedException>(Measure).Field);
        else Assert.Equal(Text("expected"), Convert.ToHexStringLower(Measure()));
    }

    [Fact]
    public void A_digest_of_the_firmware_stands_for_its_pages()
    {
        var whole = new SnpLaunch { Firmware = OvmfImage.Parse(Known.Bytes(Folder + "ovmf_AmdSev_suffix.bin")), ProcessorSignature = 0x800F12 };
        var digest = SnpLaunch.MeasureFirmware(whole.Firmware);
        Assert.Equal("086e2e9149ebf45abdc3445fba5b2da8270bdbb04094d7a2c37faaa4b24af3aa16aff8c374c2a55c467a50da6d466b74", Convert.ToHexStringLower(digest));
        Assert.Equal(whole.Measure(), (whole with { FirmwareDigest = digest }).Measure());
        Assert.Throws<MalformedException>(() => (whole with { FirmwareDigest = digest.AsMemory(1) }).Measure());
    }

    [Fact]
    public async Task Firmware_that_cannot_vouch_for_a_kernel_is_refused_in_the_older_modes_too()
    {
        var kernel = await KernelHashes.OfAsync(Stream.Null, null, "");
        var launch = new SevLaunch { Firmware = OvmfImage.Parse(Known.Bytes(Folder + "ovmf_OvmfX64_suffix.bin")), Kernel = kernel };
        Assert.Equal("table", Assert.Throws<MalformedException>(() => launch.Measure()).Field);
        Assert.Equal(32, (launch with { Kernel = null }).Measure().Length);
    }

    [Theory]
    [InlineData(VirtualMachineMonitor.Qemu, 0x1ul, "77920c4c629ff47e90c0e174fc1ad0eb6fa664f88cd4739488058a8c6cb1a77b3856f55378e9518d0da99452d51c553a")]
    [InlineData(VirtualMachineMonitor.Qemu, 0x21ul, "ae79efa6efbe1594a2717dfd42af495a0e4ed37b00e529a5fdf349bea04c3513962ffb0c74cf65b0d9a1857271833d6e")]
    [InlineData(VirtualMachineMonitor.Ec2, 0x1ul, "d08442e8bcdb6a5dcd7f22e4f7fd6979beffb9f0bb54a9d1977407fe84f482abf23c1baae6ce95a6a9e7a94c3c51f412")]
    [InlineData(VirtualMachineMonitor.Gce, 0x1ul, "f9e03177dad7f4819ee193af7cfb70507d8a923ab513412e908bc73460a9dfdaa54215d58952816118ffb2ec281e7fd2")]
    public void The_first_processor_starts_as_each_monitor_starts_it(VirtualMachineMonitor monitor, ulong features, string expected) =>
        Assert.Equal(expected, Convert.ToHexStringLower(SHA384.HashData(ProcessorState.Page(monitor, 0xFFFF_FFF0, 0x800F12, features))));

    [Fact]
    public void Reads_what_the_firmware_says()
    {
        var image = OvmfImage.Parse(Known.Bytes(Folder + "ovmf_AmdSev_suffix.bin"));
        Assert.Equal((0xFFFF_F000ul, 0x80B004u, 0x810C00u), (image.LoadAddress, image.RequireResetAddress(), image.HashTableAddress));
        Assert.Equal(7, image.Sections.Count);
        Assert.Equal(new OvmfSection(0x810000, 0x1000, OvmfSectionKind.KernelHashes), image.Sections[5]);
    }

    [Fact]
    public void Any_change_to_the_image_is_read_or_malformed()
    {
        var genuine = Known.Bytes(Folder + "ovmf_AmdSev_suffix.bin");
        for (var at = 0; at < genuine.Length; at++)
        {
            foreach (var flip in (ReadOnlySpan<byte>)[0x01, 0x80, 0xFF])
            {
                var changed = genuine.ToArray();
                changed[at] ^= flip;
                try
                {
                    OvmfImage.Parse(changed);
                }
                catch (MalformedException malformed)
                {
                    Assert.Equal("OVMF image", malformed.Format);
                }
            }
        }
    }

    private static uint Hex(string text) => uint.Parse(text.AsSpan(2), NumberStyles.HexNumber, CultureInfo.InvariantCulture);
}
