using System.CommandLine;
using System.Globalization;
using Cove.Attestation.Measurement;
using Cove.Cli.Measurement;

namespace Cove.Cli.Commands.Evidence;

internal sealed class MeasureCommand : CoveCommand
{
    private const int MaximumCommandLine = 64 * 1024;

    private readonly Option<string> ovmf = new("--ovmf") { HelpName = "file", Description = "the firmware, whole", Required = true };
    private readonly Option<string?> kernel = new("--kernel") { HelpName = "file", Description = "the kernel, where the host loads it directly" };
    private readonly Option<string?> initrd = new("--initrd") { HelpName = "file", Description = "the initial file system" };
    private readonly Option<string?> append = new("--append") { HelpName = "text", Description = "the kernel's command line" };
    private readonly Option<int> vcpus = new("--vcpus") { HelpName = "number", Description = "virtual processors", DefaultValueFactory = _ => 1 };
    private readonly Option<string?> type = new("--vcpu-type") { HelpName = "name", Description = "the virtual processors' type, by QEMU's name, e.g. EPYC-Milan" };
    private readonly Option<string?> signature = new("--vcpu-sig") { HelpName = "hex", Description = "or their CPUID(1).EAX, e.g. 0xa00f11" };
    private readonly Option<string> features = new("--guest-features") { HelpName = "hex", Description = "SEV_FEATURES: 0x1, or 0x21 on kernels that swap debug registers", DefaultValueFactory = _ => "0x1" };
    private readonly Option<string> monitor = new("--vmm") { HelpName = "name", Description = "who launches: qemu, ec2 or gce", DefaultValueFactory = _ => "qemu" };
    private readonly Option<string> mode = new("--mode") { HelpName = "mode", Description = "sev, seves, snp or snp:svsm", DefaultValueFactory = _ => "snp" };
    private readonly Option<string?> firmwareDigest = new("--ovmf-hash") { HelpName = "hex", Description = "snp: a digest of the firmware's pages made before, where only the firmware's end is at hand" };
    private readonly Option<string?> svsm = new("--svsm") { HelpName = "file", Description = "snp:svsm: the service module" };
    private readonly Option<uint> variables = new("--vars-size") { HelpName = "bytes", Description = "snp:svsm: the size of the firmware's variable store" };
    private readonly IdBlockOptions idBlock = new();

    public MeasureCommand()
        : base("measure", "compute the launch measurement of a guest, before it is launched")
    {
        foreach (var option in (Option[])[ovmf, kernel, initrd, append, vcpus, type, signature, features, monitor, mode, firmwareDigest, svsm, variables]) Add(option);
        idBlock.AddTo(this);
        Details = "The hex that is printed is MEASUREMENT of the guest's evidence when a host launches exactly this; any other firmware, kernel, command line, number or type of processors "
            + "gives another. With --id-key also an ID block: real firmware then starts nothing else under it. Guests of ACI and Azure's confidential VMs start through a "
            + "paravisor and cannot be measured this way; their images are endorsed instead.";
        Example("cove measure --ovmf OVMF.fd --kernel vmlinuz --initrd initrd.img --append 'console=ttyS0' --vcpus 2 --vcpu-type EPYC-Milan", "the measurement of a direct kernel boot");
        Example("cove verify report.bin --certs thim.json --measurement $(cove measure --ovmf OVMF.fd --vcpu-type EPYC-Milan)", "hold a guest to it");
        Example("cove measure --ovmf OVMF.fd --vcpu-type EPYC-Milan --id-key id.pem --author-key author.pem --id-block block.b64 --id-auth auth.b64", "with an ID block, as QEMU takes it");
    }

    protected internal override async Task<Answer> Run(Invocation call, CancellationToken cancellation)
    {
        var firmware = OvmfImage.Parse(await call.Read(call.Get(ovmf)!, OvmfImage.MaximumSize, cancellation));
        var hashes = await Kernel(call, cancellation);
        byte[] measurement = call.Get(mode) switch
        {
            "snp" => Snp(call, firmware, hashes).Measure(),
            "sev" => new SevLaunch { Firmware = firmware, Kernel = hashes, Processors = call.Get(vcpus) }.Measure(),
            "seves" => new SevLaunch
            {
                Firmware = firmware, Kernel = hashes, Processors = call.Get(vcpus), EncryptedState = true, ProcessorSignature = Processor(call), Monitor = Monitor(call),
            }.Measure(),
            "snp:svsm" => (await Svsm(call, firmware, hashes, cancellation)).Measure(),
            var other => throw CommandFailedException.Usage("mode-unknown", $"is none of sev, seves, snp and snp:svsm, --mode {other}"),
        };
        return await idBlock.Answer(call, measurement, cancellation);
    }

    private SnpLaunch Snp(Invocation call, OvmfImage firmware, KernelHashes? hashes) => new()
    {
        Firmware = firmware,
        Kernel = hashes,
        Processors = call.Get(vcpus),
        ProcessorSignature = Processor(call),
        GuestFeatures = Number(features.Name, call.Get(features)!, ulong.MaxValue),
        FirmwareDigest = call.Get(firmwareDigest) is { } hex ? Hex.Exactly(firmwareDigest.Name, hex, 48) : default,
        Monitor = Monitor(call),
    };

    private async Task<SvsmLaunch> Svsm(Invocation call, OvmfImage firmware, KernelHashes? hashes, CancellationToken cancellation)
    {
        if (call.Get(svsm) is not { } module) throw CommandFailedException.Usage("svsm-missing", "the service module is missing", "--svsm FILE --vars-size BYTES");
        if (hashes is not null) throw CommandFailedException.Usage("kernel-not-measured", "a launch with a service module measures no kernel, --kernel");
        return new SvsmLaunch
        {
            Firmware = firmware,
            ServiceModule = SvsmImage.Parse(await call.Read(module, SvsmImage.MaximumSize, cancellation)),
            VariablesSize = call.Get(variables),
            Processors = call.Get(vcpus),
            ProcessorSignature = Processor(call),
        };
    }

    private async Task<KernelHashes?> Kernel(Invocation call, CancellationToken cancellation)
    {
        var commandLine = call.Get(append) ?? "";
        if (commandLine.Length > MaximumCommandLine) throw CommandFailedException.Usage("command-line-too-long", $"is longer than {MaximumCommandLine} characters, --append");
        if (call.Get(kernel) is not { } file)
        {
            return call.Get(initrd) is null && commandLine.Length == 0
                ? null
                : throw CommandFailedException.Usage("kernel-missing", "an initial file system or command line is measured only with a kernel", "--kernel FILE");
        }

        await using var image = call.OpenRead(file);
        await using var files = call.Get(initrd) is { } initial ? call.OpenRead(initial) : null;
        using var progress = call.Terminal.Progress($"hashing {file}");
        return await KernelHashes.OfAsync(image, files, commandLine, cancellation);
    }

    private uint Processor(Invocation call)
    {
        if (call.Get(signature) is { } hex) return (uint)Number(signature.Name, hex, uint.MaxValue);
        if (call.Get(type) is not { } name) throw CommandFailedException.Usage("vcpu-type-missing", "the measurement depends on the type of the virtual processors", "--vcpu-type EPYC-Milan");
        return ProcessorType.Find(name) ?? throw CommandFailedException.Usage("vcpu-type-unknown", $"is not known, --vcpu-type {name}", $"one of {string.Join(", ", ProcessorType.Names)}");
    }

    private VirtualMachineMonitor Monitor(Invocation call) => call.Get(monitor) switch
    {
        "qemu" => VirtualMachineMonitor.Qemu,
        "ec2" => VirtualMachineMonitor.Ec2,
        "gce" => VirtualMachineMonitor.Gce,
        var other => throw CommandFailedException.Usage("vmm-unknown", $"is none of qemu, ec2 and gce, --vmm {other}"),
    };

    private static ulong Number(string option, string text, ulong maximum)
    {
        var digits = text.StartsWith("0x", StringComparison.OrdinalIgnoreCase) ? text.AsSpan(2) : text;
        return ulong.TryParse(digits, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var value) && value <= maximum
            ? value
            : throw CommandFailedException.Usage("hex-invalid", $"is not a hexadecimal number of at most {(maximum == uint.MaxValue ? 32 : 64)} bits, {option} {text}");
    }
}
