namespace Cove.Cli.Host;

/// <summary>What the host can do.</summary>
/// <param name="Ready">Nothing that `cove run` needs is missing.</param>
/// <param name="Isolation">What <c>--isolation auto</c> takes; null where nothing works.</param>
/// <param name="Reason">Why that one.</param>
/// <param name="Checks">Everything that was looked at.</param>
internal sealed record HostReport(bool Ready, string? Isolation, string Reason, IReadOnlyList<HostCheck> Checks)
{
    /// <param name="probe">Asks the host.</param>
    /// <param name="hasFirmware">Whether the guest image carries OVMF.</param>
    public static HostReport Of(HostProbe probe, bool hasFirmware = false)
    {
        var machines = MachineSupport.OfHost(probe);
        var checks = HostChecks.All(probe, machines).ToArray();
        var missing = checks.Where(c => c is { Needed: true, Present: false }).Select(c => c.Name).ToArray();
        if (missing.Length > 0) return new(false, null, $"process isolation lacks {string.Join(", ", missing)}", checks);
        return new(true, Host.Isolation.Strongest(machines, hasFirmware), Why(machines, hasFirmware), checks);
    }

    private static string Why(MachineSupport machines, bool hasFirmware)
    {
        if (machines.SnpObstacle(hasFirmware) is not { } obstacle) return "the host has SEV-SNP: evidence is the processor's own";
        var snp = machines.SnpHost ? $"the host has SEV-SNP, but snp isolation needs {obstacle.Lacks}: {obstacle.Hint}" : "no SEV-SNP here";
        var machine = machines switch
        {
            { Program: true, Accelerated: true } => "QEMU with KVM is",
            { Program: true } => "no usable KVM: --isolation vm works, slowly, on QEMU's translator",
            _ => "no QEMU for --isolation vm",
        };
        return $"{snp}; {machine}; evidence is simulated";
    }
}
