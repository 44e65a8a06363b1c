using System.Net;
using Cove.Hosting.CommandLine;
using Cove.Hosting.Errors;
using Cove.Hosting.Tls;

namespace Cove.Hosting;

/// <summary>Where a service listens, as whom, and within which limits.</summary>
public sealed record ShellOptions
{
    /// <summary>The options every service has: <c>--listen --tls-certificate --tls-key</c>.</summary>
    public static IReadOnlyList<string> CommonOptions { get; } = ["--listen", "--tls-certificate", "--tls-key"];

    /// <summary>The switches every service has: <c>--stop-when-input-ends</c>.</summary>
    public static IReadOnlyList<string> CommonSwitches { get; } = ["--stop-when-input-ends"];

    /// <summary>The address to listen on.</summary>
    public required IPEndPoint Listen { get; init; }

    /// <summary>The URL under which clients reach the service; the <c>ready</c> line names it.</summary>
    public required Uri Url { get; init; }

    /// <summary>The TLS certificate and key. The caller disposes it after serving.</summary>
    public required ServerIdentity Identity { get; init; }

    /// <summary>Longest request body, in bytes.</summary>
    public long MaximumBodyLength { get; init; } = 1024 * 1024;

    /// <summary>How errors look.</summary>
    public ErrorBody ErrorBody { get; init; } = AzureErrors.Write;

    /// <summary>Stop when standard input ends: a service started by another process then cannot outlive it.</summary>
    public bool StopWhenInputEnds { get; init; }

    /// <summary>Told when requests are being accepted. By default one line on standard output, <c>ready URL</c>.</summary>
    public Func<Uri, Task> Ready { get; init; } = async url =>
    {
        await Console.Out.WriteLineAsync($"ready {url.AbsoluteUri.TrimEnd('/')}");
        await Console.Out.FlushAsync();
    };

    /// <summary>The common options of a command line.</summary>
    /// <param name="arguments">Parsed with <see cref="CommonOptions"/> and <see cref="CommonSwitches"/> among its names.</param>
    /// <param name="url">The service's own URL.</param>
    /// <exception cref="UsageException">An option is missing or wrong.</exception>
    public static ShellOptions From(ServiceArguments arguments, Uri url) => new()
    {
        Listen = arguments.RequiredEndpoint("--listen"),
        Url = url,
        Identity = ServerIdentity.Load(arguments.RequiredFile("--tls-certificate"), arguments.RequiredFile("--tls-key")),
        StopWhenInputEnds = arguments.Has("--stop-when-input-ends"),
    };
}
