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
        return missing.Length > 0
            ? new(false, null, $"process isolation lacks {string.Join(", ", missing)}", checks)
            : new(true, "process", Why(checks), checks);
    }

    // The launchers for `vm` and `snp` are not part of this version, whatever the hardware could do.
    private static string Why(HostCheck[] checks) => checks.Any(c => c is { Name: "sev-snp", Present: true })
        ? "the host has SEV-SNP, but this version of cove launches process isolation only: evidence is simulated"
        : "no SEV-SNP here, and this version of cove launches process isolation only: evidence is simulated";
}
