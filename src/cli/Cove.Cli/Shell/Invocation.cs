using System.CommandLine;
using Cove.Cli.Output;

namespace Cove.Cli.Shell;

/// <summary>One call of one command: its values, and its way to the outside.</summary>
internal sealed class Invocation(ParseResult parsed, Surroundings surroundings, bool json)
{
    private CoveHome? home;

    /// <summary>Standard error, standard input and the raw standard output (for answers that are a stream).</summary>
    public Terminal Terminal => surroundings.Terminal;

    public TimeProvider Time => surroundings.Time;

    public Surroundings Surroundings => surroundings;

    /// <summary>The user asked for --json. Only commands whose answer is a stream need to know.</summary>
    public bool Json => json;

    /// <summary>Where cove keeps its state.</summary>
    public CoveHome Home => home ??= CoveHome.Find(surroundings);

    /// <summary>The value of an argument; its default, or null, where it was not given.</summary>
    public T Get<T>(Argument<T> argument) => parsed.GetValue(argument)!;

    /// <summary>The value of an option; its default, or null, where it was not given.</summary>
    public T? Get<T>(Option<T> option) => parsed.GetValue(option);

    /// <summary>A path of the command line, made absolute.</summary>
    public string FullPath(string path) => surroundings.FullPath(path);

    /// <summary>Opens a file that the user named for sequential reading; <c>-</c> is standard input.</summary>
    public Stream OpenRead(string path)
    {
        if (path == "-") return Terminal.OpenInput();
        var full = FullPath(path);
        if (Directory.Exists(full)) throw CommandFailedException.Usage("not-a-file", $"is a folder where a file was expected, {path}");
        if (!File.Exists(full)) throw CommandFailedException.Usage("file-not-found", $"no such file, {path}");
        return new FileStream(full, FileMode.Open, FileAccess.Read, FileShare.Read, 1 << 16, FileOptions.SequentialScan | FileOptions.Asynchronous);
    }

    /// <summary>Reads a whole file that the user named; <c>-</c> is standard input.</summary>
    /// <exception cref="CommandFailedException">There is no such file, or it is longer than <paramref name="limit"/> bytes.</exception>
    public async Task<byte[]> Read(string path, int limit, CancellationToken cancellation)
    {
        await using var stream = OpenRead(path);
        using var content = new MemoryStream();
        var buffer = new byte[1 << 16];
        for (int read; (read = await stream.ReadAsync(buffer, cancellation)) > 0;)
        {
            if (content.Length + read > limit)
                throw new CommandFailedException(new Failure(ExitCode.Malformed, "too-long", $"is longer than {limit} bytes, {path}"));
            content.Write(buffer, 0, read);
        }

        return content.ToArray();
    }

    /// <summary>A client for HTTP. TLS to services that the development CA signed: <paramref name="handler"/> trusts it.</summary>
    public HttpClient Http(Func<HttpMessageHandler>? handler = null) =>
        new((surroundings.HttpHandler ?? handler)?.Invoke() ?? new SocketsHttpHandler(), disposeHandler: true) { Timeout = TimeSpan.FromSeconds(30) };
}
