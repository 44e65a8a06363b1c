namespace Cove.Cli.Host;

/// <summary>Whether this host can run virtual machines, and how fast.</summary>
/// <param name="Program">QEMU is there.</param>
/// <param name="Accelerated">The processor executes them (KVM); otherwise QEMU translates, ten to thirty times slower.</param>
/// <param name="SnpHost">The processor keeps their memory from this host: SEV-SNP, switched on in the kernel.</param>
/// <param name="SnpProgram">QEMU can launch such machines (9.1 and later); asked only where the processor can.</param>
internal sealed record MachineSupport(bool Program, bool Accelerated, bool SnpHost, bool SnpProgram)
{
    public const string QemuProgram = "qemu-system-x86_64";

    public static MachineSupport OfHost(HostProbe probe)
    {
        var snpHost = probe.Read("/sys/module/kvm_amd/parameters/sev_snp")?.Trim() is "Y" or "1" && probe.Exists("/dev/sev");
        return new(
            probe.Try(QemuProgram, ["--version"]) is { Succeeded: true },
            probe.Exists("/dev/kvm") && IsVendorKvm(probe),
            snpHost,
            snpHost && probe.Try(QemuProgram, ["-object", "sev-snp-guest,help"]) is { Succeeded: true });
    }

    /// <summary>What stands in the way of a machine under SEV-SNP, and the command or page that removes it; null where nothing does.</summary>
    /// <param name="hasFirmware">Whether the guest image carries OVMF.</param>
    public (string Lacks, string Hint)? SnpObstacle(bool hasFirmware) => this switch
    {
        { SnpHost: false } => ("a host with SEV-SNP switched on (kvm_amd.sev_snp=1 and /dev/sev), which this is not", "cove doctor"),
        { Accelerated: false } => ("a usable KVM", "cove doctor"),
        { SnpProgram: false } => ("a QEMU that knows sev-snp-guest (9.1 or later)", "sudo apt-get install -t bookworm-backports qemu-system-x86"),
        _ when !hasFirmware => ("a guest image with firmware that checks what it starts", "cove guest build --ovmf OVMF.amdsev.fd"),
        _ => null,
    };

    // Some hosts that are machines themselves have a /dev/kvm that opens and then never answers; those lack the vendor's module.
    private static bool IsVendorKvm(HostProbe probe) => probe.Exists("/sys/module/kvm_intel") || probe.Exists("/sys/module/kvm_amd");
}
