using Cove.Outcomes;

namespace Cove.Attestation.Dcap;

/// <summary>
/// Statuses taken together. Each is a set of defects: what two parts of a platform lack is what either lacks, and that is Intel's table for
/// converging the statuses of platform, quoting enclave and TDX module.
/// </summary>
internal static class TcbStatuses
{
    [Flags]
    private enum Defects
    {
        None = 0,
        SoftwareHardening = 1,
        Configuration = 2,
        Outdated = 4,
        Revoked = 8,
    }

    /// <summary>Reads a status that Intel signed. The two that advise a relaunch are a verifier's own and never signed.</summary>
    /// <exception cref="MalformedException">It is not one.</exception>
    public static TcbStatus Parse(string text, string format) => text switch
    {
        "UpToDate" => TcbStatus.UpToDate,
        "SWHardeningNeeded" => TcbStatus.SWHardeningNeeded,
        "ConfigurationNeeded" => TcbStatus.ConfigurationNeeded,
        "ConfigurationAndSWHardeningNeeded" => TcbStatus.ConfigurationAndSWHardeningNeeded,
        "OutOfDate" => TcbStatus.OutOfDate,
        "OutOfDateConfigurationNeeded" => TcbStatus.OutOfDateConfigurationNeeded,
        "Revoked" => TcbStatus.Revoked,
        _ => throw new MalformedException(format, "tcbStatus", $"is \"{text}\", which is no status"),
    };

    /// <summary>The status of a whole whose parts have these two.</summary>
    public static TcbStatus Worse(TcbStatus one, TcbStatus other)
    {
        var defects = DefectsOf(one) | DefectsOf(other);
        if (defects.HasFlag(Defects.Revoked)) return TcbStatus.Revoked;
        if (defects.HasFlag(Defects.Outdated))
            return defects.HasFlag(Defects.Configuration) ? TcbStatus.OutOfDateConfigurationNeeded : TcbStatus.OutOfDate;
        return (defects.HasFlag(Defects.Configuration), defects.HasFlag(Defects.SoftwareHardening)) switch
        {
            (true, true) => TcbStatus.ConfigurationAndSWHardeningNeeded,
            (true, false) => TcbStatus.ConfigurationNeeded,
            (false, true) => TcbStatus.SWHardeningNeeded,
            _ => TcbStatus.UpToDate,
        };
    }

    private static Defects DefectsOf(TcbStatus status) => status switch
    {
        TcbStatus.UpToDate => Defects.None,
        TcbStatus.SWHardeningNeeded => Defects.SoftwareHardening,
        TcbStatus.ConfigurationNeeded => Defects.Configuration,
        TcbStatus.ConfigurationAndSWHardeningNeeded => Defects.Configuration | Defects.SoftwareHardening,
        TcbStatus.OutOfDate => Defects.Outdated,
        TcbStatus.OutOfDateConfigurationNeeded => Defects.Outdated | Defects.Configuration,
        TcbStatus.Revoked => Defects.Revoked,
        _ => throw new ArgumentOutOfRangeException(nameof(status), status, "is not a status of a part"),
    };
}
