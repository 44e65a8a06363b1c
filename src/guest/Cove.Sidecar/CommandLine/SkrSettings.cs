using System.Globalization;

namespace Cove.Sidecar.CommandLine;

/// <summary>
/// How the <c>skr</c> mode is told what to do: the flags of the reference binary, and the environment (and two positional arguments)
/// of the script that starts it in the reference image. Flags win.
/// </summary>
internal sealed record SkrSettings
{
    private static readonly HashSet<string> Valued =
        new(["base64", "loglevel", "logfile", "port", "server_type", "infile", "keypath", "outfile"], StringComparer.Ordinal);

    private static readonly HashSet<string> Switches = new(["allowTestingMismatchedTCB"], StringComparer.Ordinal);

    /// <summary>What <c>SkrSideCarArgs</c> said.</summary>
    public required AzureInformation Azure { get; init; }

    /// <summary>The port on 127.0.0.1. There is no setting for another address: a report must not leave the guest by this door.</summary>
    public int Port { get; init; } = 8080;

    /// <summary>The least level that is logged.</summary>
    public LogLevelName LogLevel { get; init; } = LogLevelName.Warning;

    /// <summary>The file the log is appended to; empty for standard error.</summary>
    public string LogFile { get; init; } = string.Empty;

    /// <summary>Takes the certificates at hand for those of another TCB, so that the first attestation fetches new ones.</summary>
    public bool MismatchTcb { get; init; }

    /// <summary>Serves gRPC instead of HTTP. One process serves one of them.</summary>
    public bool IsGrpc { get; init; }

    /// <summary>Wraps a file and ends, instead of serving; null to serve.</summary>
    public OfflineWrapSettings? OfflineWrap { get; init; }

    /// <summary>Reads flags over environment over defaults; null where help is asked for.</summary>
    /// <exception cref="UsageException">The command line means nothing.</exception>
    /// <exception cref="SkrFailureException">A value cannot be read.</exception>
    public static SkrSettings? Parse(IReadOnlyList<string> arguments, Func<string, string?> environment)
    {
        var flags = GoFlags.Parse(arguments, Valued, Switches);
        if (flags.AsksForHelp) return null;
        if (flags.Rest.Count > 2) throw new UsageException($"unexpected argument: {flags.Rest[2]}");

        return new SkrSettings
        {
            Azure = AzureInformation.Parse(Choose("base64", "SkrSideCarArgs", position: 0)),
            Port = ParsePort(Choose("port", "Port", position: 1)),
            LogLevel = ParseLevel(Choose("loglevel", "LogLevel", position: -1)),
            LogFile = Choose("logfile", "LogFile", position: -1),
            MismatchTcb = flags.IsOn("allowTestingMismatchedTCB"),
            IsGrpc = Choose("server_type", "ServerType", position: -1) == "grpc",
            OfflineWrap = flags.Value("infile") is { Length: > 0 } input
                ? new OfflineWrapSettings(input, flags.Value("keypath") ?? string.Empty, flags.Value("outfile") ?? string.Empty)
                : null,
        };

        string Choose(string flag, string variable, int position)
        {
            if (flags.Value(flag) is { Length: > 0 } given) return given;
            if (environment(variable) is { Length: > 0 } set) return set;
            return position >= 0 && position < flags.Rest.Count ? flags.Rest[position] : string.Empty;
        }
    }

    private static int ParsePort(string text)
    {
        if (text.Length == 0) return 8080;
        return int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var port) && port <= ushort.MaxValue
            ? port
            : throw new SkrFailureException($"failed to listen on port {text}: it is not a number from 0 to 65535");
    }

    internal static LogLevelName ParseLevel(string text) => text.ToUpperInvariant() switch
    {
        "" or "WARNING" or "WARN" => LogLevelName.Warning,
        "TRACE" => LogLevelName.Trace,
        "DEBUG" => LogLevelName.Debug,
        "INFO" => LogLevelName.Info,
        "ERROR" => LogLevelName.Error,
        "FATAL" => LogLevelName.Fatal,
        "PANIC" => LogLevelName.Panic,
        _ => throw new SkrFailureException($"Failed to parse logLevel: not a valid logrus Level: \"{text}\""),
    };
}
