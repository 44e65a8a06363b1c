using Cove.Cli.Output;
using Cove.Cli.Shell;

namespace Cove.Cli.Tests;

/// <summary>A user's desk: an empty folder, a terminal that remembers, and the command line called as a process would call it.</summary>
internal sealed class Desk : IDisposable
{
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("cove-cli-");
    private readonly Dictionary<string, string> environment = new(StringComparer.Ordinal);

    public Desk() => environment["COVE_HOME"] = Path("home");

    public byte[] Input { get; set; } = [];

    /// <summary>A clock that stands still, so that no progress shows by chance.</summary>
    public TimeProvider Time { get; set; } = new ManualTime(new(2026, 1, 31, 12, 0, 0, TimeSpan.Zero));

    public TerminalTraits Traits { get; set; } = new(OutputIsTerminal: false, ErrorIsTerminal: false, ColourWanted: true, TerminalTraits.DefaultWidth);

    public Func<HttpMessageHandler>? HttpHandler { get; set; }

    public string Path(params string[] parts) => System.IO.Path.Combine([folder.FullName, .. parts]);

    public void Set(string variable, string? value)
    {
        if (value is null) environment.Remove(variable);
        else environment[variable] = value;
    }

    public void Write(string name, string text) => Write(name, System.Text.Encoding.UTF8.GetBytes(text));

    public void Write(string name, byte[] bytes)
    {
        Directory.CreateDirectory(System.IO.Path.GetDirectoryName(Path(name))!);
        File.WriteAllBytes(Path(name), bytes);
    }

    public Task<Said> Cove(params string[] words) => Cove(CancellationToken.None, words);

    public async Task<Said> Cove(CancellationToken interrupted, params string[] words)
    {
        using var output = new StringWriter();
        using var error = new StringWriter();
        using var raw = new MemoryStream();
        using var surroundings = Surroundings(output, error, raw);
        var exit = await CommandLine.Run(words, surroundings, interrupted);
        return new(exit, output + Page.Encoding.GetString(raw.ToArray()), error.ToString());
    }

    public Surroundings Surroundings(TextWriter output, TextWriter error, Stream raw) =>
        new(
            new Terminal(output, error, () => new MemoryStream(Input), () => raw, Traits, Time),
            Time,
            name => environment.GetValueOrDefault(name),
            folder.FullName)
        {
            HttpHandler = HttpHandler,
        };

    public void Dispose() => folder.Delete(recursive: true);
}
