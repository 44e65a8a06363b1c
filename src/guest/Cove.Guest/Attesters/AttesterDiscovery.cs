namespace Cove.Guest.Attesters;

/// <summary>
/// Finds the attester of this machine: hardware before the simulated processor, newer kernel interfaces before older ones. One that is
/// there but does not work is not skipped for a weaker one: its error is the answer.
/// </summary>
public static class AttesterDiscovery
{
    /// <summary>The attester that the launch decided on, or else the first that is there; null where there is none.</summary>
    /// <param name="paths">Where to look.</param>
    /// <param name="securityContext">The folder in which the launch says what it decided (<see cref="LaunchFact"/>).</param>
    /// <exception cref="Cove.Outcomes.MalformedException">The launch said something that is not known.</exception>
    /// <exception cref="Cove.Outcomes.UnavailableException">What it said cannot be read.</exception>
    public static IAttester? Find(AttesterPaths paths, string securityContext)
    {
        ArgumentNullException.ThrowIfNull(paths);
        return LaunchFact.IsSimulated(securityContext) ? new SimulatedAttester(paths.Simulated) : Find(paths);
    }

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
