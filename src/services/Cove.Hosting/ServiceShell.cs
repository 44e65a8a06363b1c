using System.Net.Sockets;
using Cove.Hosting.CommandLine;
using Cove.Hosting.Errors;
using Cove.Hosting.Http;
using Cove.Outcomes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Cove.Hosting;

/// <summary>
/// The one shell of every service: TLS, limits, request ids, the error shape, <c>/health</c>, the <c>ready</c> line and a graceful stop.
/// A service gives its endpoints and keeps its own logic.
/// </summary>
public static class ServiceShell
{
    private const int ExitUsage = 2;
    private const int ExitUnavailable = 5;
    private const int MaximumConnections = 4096;
    private const int MaximumHeaders = 64 * 1024;
    private const int MaximumStreams = 100;
    private static readonly MinDataRate SlowestBody = new(bytesPerSecond: 240, gracePeriod: TimeSpan.FromSeconds(5));
    private static readonly TimeSpan HandshakeTimeout = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan HeadersTimeout = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan KeepAlive = TimeSpan.FromMinutes(2);
    private static readonly TimeSpan StopTimeout = TimeSpan.FromSeconds(5);

    /// <summary>Runs a service's main: usage errors end with exit code 2 and a hint, an address in use or a database that cannot be had with 5.</summary>
    /// <param name="name">The process's name in messages, e.g. <c>cove-key-service</c>.</param>
    /// <param name="main">Parses the arguments and serves.</param>
    public static async Task<int> MainAsync(string name, Func<Task> main)
    {
        try
        {
            await main();
            return 0;
        }
        catch (UsageException e)
        {
            return await FailAsync(name, e.Message, e.Hint, ExitUsage);
        }
        catch (UnavailableException e)
        {
            return await FailAsync(name, e.Message, "see that it is there and can be used, and start again", ExitUnavailable);
        }
        catch (Exception e) when (e is IOException { InnerException: AddressInUseException } or AddressInUseException or SocketException)
        {
            return await FailAsync(name, e.Message, "stop what listens there, or choose another --listen", ExitUnavailable);
        }
    }

    /// <summary>Serves until SIGTERM, SIGINT, the end of standard input (where asked for) or cancellation, then finishes the requests in
    /// progress.</summary>
    /// <param name="options">Address, identity and limits.</param>
    /// <param name="map">Adds the service's endpoints.</param>
    /// <param name="cancellationToken">Stops gracefully.</param>
    public static async Task ServeAsync(ShellOptions options, Action<WebApplication> map, CancellationToken cancellationToken = default)
    {
        await using var app = Build(options, map);
        await app.StartAsync(cancellationToken);
        await options.Ready(options.Url);
        if (options.StopWhenInputEnds) _ = StopWhenInputEndsAsync(app.Lifetime);
        await app.WaitForShutdownAsync(cancellationToken);
    }

    /// <summary>The application, not started: what <see cref="ServeAsync"/> serves.</summary>
    public static WebApplication Build(ShellOptions options, Action<WebApplication> map)
    {
        var builder = WebApplication.CreateSlimBuilder(new WebApplicationOptions { Args = [], ContentRootPath = AppContext.BaseDirectory });
        builder.Logging.ClearProviders();
        // Standard output carries the ready line and nothing else.
        builder.Logging.AddSimpleConsole(o => o.SingleLine = true).AddFilter("Microsoft", LogLevel.Warning);
        builder.Services.Configure<Microsoft.Extensions.Logging.Console.ConsoleLoggerOptions>(o => o.LogToStandardErrorThreshold = LogLevel.Trace);
        builder.Services.Configure<HostOptions>(o => o.ShutdownTimeout = StopTimeout);
        builder.WebHost.UseKestrelHttpsConfiguration();
        builder.WebHost.ConfigureKestrel(kestrel => Configure(kestrel, options));
        var app = builder.Build();
        app.UseMiddleware<ErrorMiddleware>(options.ErrorBody);
        app.Use(next => context => context.Request.Path == "/health" && HttpMethods.IsGet(context.Request.Method)
            ? context.Response.WriteJsonAsync(StatusCodes.Status200OK, """{"status":"ok"}"""u8.ToArray(), context.RequestAborted)
            : next(context));
        map(app);
        return app;
    }

    private static void Configure(KestrelServerOptions kestrel, ShellOptions options)
    {
        kestrel.AddServerHeader = false;
        kestrel.Limits.MaxRequestBodySize = options.MaximumBodyLength;
        kestrel.Limits.MaxRequestHeadersTotalSize = MaximumHeaders;
        kestrel.Limits.MaxConcurrentConnections = MaximumConnections;
        kestrel.Limits.RequestHeadersTimeout = HeadersTimeout;
        kestrel.Limits.KeepAliveTimeout = KeepAlive;
        kestrel.Limits.MinRequestBodyDataRate = SlowestBody;
        kestrel.Limits.MinResponseDataRate = SlowestBody;
        kestrel.Limits.Http2.MaxStreamsPerConnection = MaximumStreams;
        kestrel.Listen(options.Listen, listen =>
        {
            listen.Protocols = HttpProtocols.Http1AndHttp2;
            listen.UseHttps(new HttpsConnectionAdapterOptions
            {
                ServerCertificate = options.Identity.Leaf,
                ServerCertificateChain = options.Identity.Chain,
                HandshakeTimeout = HandshakeTimeout,
                SslProtocols = System.Security.Authentication.SslProtocols.Tls12 | System.Security.Authentication.SslProtocols.Tls13,
            });
        });
    }

    private static async Task StopWhenInputEndsAsync(IHostApplicationLifetime lifetime)
    {
        // Whoever started us holds the other end; when it is gone, so are we.
        var buffer = new byte[256];
        await using var input = Console.OpenStandardInput();
        while (await input.ReadAsync(buffer, lifetime.ApplicationStopping) > 0)
        {
            // What is written there has no meaning.
        }

        lifetime.StopApplication();
    }

    private static async Task<int> FailAsync(string name, string problem, string hint, int exitCode)
    {
        await Console.Error.WriteLineAsync($"{name}: error: {problem}");
        await Console.Error.WriteLineAsync($"{name}: hint: {hint}");
        return exitCode;
    }
}
