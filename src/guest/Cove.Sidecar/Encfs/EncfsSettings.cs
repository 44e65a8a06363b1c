using Cove.Sidecar.CommandLine;

namespace Cove.Sidecar.Encfs;

/// <summary>How the <c>encfs</c> mode is told what to do: the flags of the reference's <c>remotefs</c>, and the environment of its script. Flags win.</summary>
internal sealed record EncfsSettings(string Arguments, LogLevelName LogLevel, string LogFile)
{
    private static readonly HashSet<string> Valued = new(["base64", "loglevel", "logfile"], StringComparer.Ordinal);

    /// <summary>Null where help is asked for.</summary>
    /// <exception cref="UsageException">The command line means nothing.</exception>
    /// <exception cref="SkrFailureException">A value cannot be read.</exception>
    public static EncfsSettings? Parse(IReadOnlyList<string> arguments, Func<string, string?> environment)
    {
        var flags = GoFlags.Parse(arguments, Valued, new HashSet<string>(StringComparer.Ordinal));
        if (flags.AsksForHelp) return null;
        if (flags.Rest.Count > 0) throw new UsageException($"unexpected argument: {flags.Rest[0]}");
        return new EncfsSettings(Choose("base64", "EncfsSideCarArgs"), SkrSettings.ParseLevel(Choose("loglevel", "LogLevel")), Choose("logfile", "LogFile"));

        string Choose(string flag, string variable) => flags.Value(flag) is { Length: > 0 } given ? given : environment(variable) ?? string.Empty;
    }
}
