namespace Cove.Guest.Attesters;

/// <summary>
/// Finds the attester of this machine: hardware before the simulated processor, newer kernel interfaces before older ones. One that is
/// there but does not work is not skipped for a weaker one: its error is the answer.
/// </summary>
public static class AttesterDiscovery
{
    /// <summary>The first attester that is there; null where there is none.</summary>
    public static IAttester? Find(AttesterPaths paths)
    {
        ArgumentNullException.ThrowIfNull(paths);
        if (File.Exists(paths.SevGuest)) return new SevGuestAttester(paths.SevGuest);
        if (Directory.Exists(paths.ConfigfsTsm)) return new ConfigfsTsmAttester(paths.ConfigfsTsm);
        if (File.Exists(paths.LegacySev)) return new LegacySevAttester(paths.LegacySev);
        if (Directory.Exists(paths.Gramine)) return new GramineAttester(paths.Gramine);
        return File.Exists(paths.Simulated) ? new SimulatedAttester(paths.Simulated) : null;
    }
}
