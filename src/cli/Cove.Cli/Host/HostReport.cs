namespace Cove.Cli.Host;

/// <summary>What the host can do.</summary>
/// <param name="Ready">Nothing that `cove run` needs is missing.</param>
/// <param name="Isolation">What <c>--isolation auto</c> takes; null where nothing works.</param>
/// <param name="Reason">Why that one.</param>
/// <param name="Checks">Everything that was looked at.</param>
internal sealed record HostReport(bool Ready, string? Isolation, string Reason, IReadOnlyList<HostCheck> Checks)
{
    public static HostReport Of(HostProbe probe)
    {
        var checks = HostChecks.All(probe).ToArray();
        var missing = checks.Where(c => c is { Needed: true, Present: false }).Select(c => c.Name).ToArray();
        if (missing.Length > 0) return new(false, null, $"process isolation lacks {string.Join(", ", missing)}", checks);
        var machines = MachineSupport.OfHost(probe);
        return new(true, machines is { Program: true, Accelerated: true } ? "vm" : "process", Why(checks, machines), checks);
    }

    private static string Why(HostCheck[] checks, MachineSupport machines)
    {
        var snp = checks.Any(c => c is { Name: "sev-snp", Present: true })
            ? "the host has SEV-SNP, but this version of cove does not launch on it"
            : "no SEV-SNP here";
        var machine = machines switch
        {
            { Program: true, Accelerated: true } => "QEMU with KVM is",
            { Program: true } => "no usable KVM: --isolation vm works, slowly, on QEMU's translator",
            _ => "no QEMU for --isolation vm",
        };
        return $"{snp}; {machine}; evidence is simulated";
    }
}
