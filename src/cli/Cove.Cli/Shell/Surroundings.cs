using Cove.Cli.Output;

namespace Cove.Cli.Shell;

/// <summary>Everything outside a command: terminal, clock, environment, current folder. Tests bring their own.</summary>
internal sealed class Surroundings(Terminal terminal, TimeProvider time, Func<string, string?> environment, string currentFolder) : IDisposable
{
    public Terminal Terminal { get; } = terminal;

    public TimeProvider Time { get; } = time;

    /// <summary>An environment variable; null where it is not set or empty.</summary>
    public string? Environment(string name) => environment(name) is { Length: > 0 } value ? value : null;

    /// <summary>A path of the command line, made absolute.</summary>
    public string FullPath(string path) => Path.GetFullPath(path, currentFolder);

    /// <summary>How this machine is reached over HTTP; null takes the platform's own handler. Tests answer here.</summary>
    public Func<HttpMessageHandler>? HttpHandler { get; init; }

    public static Surroundings OfThisProcess() =>
        new(Terminal.OfThisProcess(), TimeProvider.System, System.Environment.GetEnvironmentVariable, Directory.GetCurrentDirectory());

    public void Dispose() => Terminal.Dispose();
}
