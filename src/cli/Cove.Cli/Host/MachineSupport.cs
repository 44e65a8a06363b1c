namespace Cove.Cli.Host;

/// <summary>Whether this host can run virtual machines, and how fast.</summary>
/// <param name="Program">QEMU is there.</param>
/// <param name="Accelerated">The processor executes them (KVM); otherwise QEMU translates, ten to thirty times slower.</param>
internal sealed record MachineSupport(bool Program, bool Accelerated)
{
    public const string QemuProgram = "qemu-system-x86_64";

    public static MachineSupport OfHost(HostProbe probe) => new(
        probe.Try(QemuProgram, ["--version"]) is { Succeeded: true },
        probe.Exists("/dev/kvm") && IsVendorKvm(probe));

    // Some hosts that are machines themselves have a /dev/kvm that opens and then never answers; those lack the vendor's module.
    private static bool IsVendorKvm(HostProbe probe) => probe.Exists("/sys/module/kvm_intel") || probe.Exists("/sys/module/kvm_amd");
}
