using System.CommandLine;
using System.Security.Cryptography;
using Cove.Cli.Output;

namespace Cove.Cli.Shell;

/// <summary>One call of one command: its values, and its way to the outside.</summary>
internal sealed class Invocation(ParseResult parsed, Surroundings surroundings, bool json)
{
    private const string VariablePrefix = "env://";
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
        // One byte more than is allowed, so that a longer file shows; what was read may be secret and leaves no copy behind.
        var buffer = new byte[(stream is { CanSeek: true, Length: > 0 } ? Math.Min(limit, stream.Length) : limit) + 1];
        // A read of standard input cannot be cancelled; Ctrl-C does not wait for it.
        var length = await stream.ReadAtLeastAsync(buffer, buffer.Length, throwOnEndOfStream: false, cancellation).AsTask().WaitAsync(cancellation);
        if (length == buffer.Length && length <= limit) throw new IOException($"changed while it was read, {path}");
        if (length > limit) throw new CommandFailedException(new Failure(ExitCode.Malformed, "too-long", $"is longer than {limit} bytes, {path}"));
        var content = buffer[..length];
        CryptographicOperations.ZeroMemory(buffer);
        return content;
    }

    /// <summary>Reads a secret: from a file, from standard input (<c>-</c>) or from a variable (<c>env://NAME</c>). The caller zeroes it.</summary>
    public async Task<byte[]> ReadSecret(string from, int limit, CancellationToken cancellation)
    {
        if (!from.StartsWith(VariablePrefix, StringComparison.Ordinal)) return await Read(from, limit, cancellation);
        var name = from[VariablePrefix.Length..];
        var value = surroundings.Environment(name) ?? throw CommandFailedException.Usage("variable-not-set", $"the variable is not set, {name}");
        return System.Text.Encoding.UTF8.GetBytes(value);
    }

    /// <summary>A client for HTTP. TLS to services that the development CA signed: <paramref name="handler"/> trusts it.</summary>
    public HttpClient Http(Func<HttpMessageHandler>? handler = null) =>
        new((surroundings.HttpHandler ?? handler)?.Invoke() ?? new SocketsHttpHandler(), disposeHandler: true) { Timeout = TimeSpan.FromSeconds(30) };

    /// <summary>A client for registries, whose blobs take as long as they take; Ctrl-C ends it.</summary>
    public HttpClient RegistryHttp() =>
        new(surroundings.HttpHandler?.Invoke() ?? new SocketsHttpHandler { ConnectTimeout = TimeSpan.FromSeconds(30) }, disposeHandler: true) { Timeout = Timeout.InfiniteTimeSpan };
}
