using System.Net.Sockets;
using Cove.Guest.Attesters;
using Cove.Outcomes;
using Cove.Sidecar.CommandLine;
using Cove.Sidecar.Http;
using Cove.Sidecar.KeyProvider;
using Cove.Sidecar.Server;
using Cove.Sidecar.Uvm;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace Cove.Sidecar;

/// <summary>The <c>skr</c> mode: serves key release on localhost until it is told to stop.</summary>
internal static class SkrMode
{
    private const string Usage =
        """
        usage: skr [flags] [SkrSideCarArgs [Port]]
          -base64 TEXT                  settings, base64 of JSON (or SkrSideCarArgs)
          -port N                       port on 127.0.0.1, default 8080 (or Port)
          -loglevel LEVEL               trace, debug, info, warning, error, fatal or panic; default warning (or LogLevel)
          -logfile FILE                 append the log to this file, default standard error (or LogFile)
          -server_type TYPE             http or grpc, default http (or ServerType)
          -allowTestingMismatchedTCB    fetch certificates on the first attestation, whatever TCB those at hand are of
          -infile FILE -keypath PATH -outfile FILE
                                        wrap FILE for the key that PATH-info.json describes, and end
        """;

    public static async Task<int> RunAsync(string[] arguments)
    {
        SidecarLog? log = null;
        try
        {
            var settings = SkrSettings.Parse(arguments, Environment.GetEnvironmentVariable);
            if (settings is null)
            {
                await Console.Out.WriteLineAsync(Usage);
                return 0;
            }

            log = new SidecarLog(OpenLog(settings.LogFile), settings.LogLevel);
            if (settings.OfflineWrap is { } wrap) await OfflineWrap.RunAsync(wrap, log);
            else await ServeAsync(settings, log);
            return 0;
        }
        catch (SkrFailureException e)
        {
            log ??= new SidecarLog(Console.Error, LogLevelName.Warning);
            log.Fatal(e.Message);
            return 1;
        }
        finally
        {
            log?.Dispose();
        }
    }

    private static async Task ServeAsync(SkrSettings settings, SidecarLog log)
    {
        using var client = new HttpClient(Outbound.CreateHandler(TrustRoots.System, Dialer(log))) { Timeout = Timeout.InfiniteTimeSpan };
        using var sidecar = await SkrSidecar.CreateAsync(settings, Surroundings(client, log), CancellationToken.None);
        await using var server = settings.IsGrpc
            ? SkrServer.Create(sidecar.Grpc.HandleAsync, settings.Port, HttpProtocols.Http2)
            : SkrServer.Create(sidecar.Router.HandleAsync, settings.Port);
        try
        {
            await server.StartAsync();
        }
        catch (Exception e) when (e is IOException or SocketException)
        {
            throw new SkrFailureException($"failed to listen on port {settings.Port}", e);
        }

        await Console.Out.WriteLineAsync($"ready {server.Urls.First()}");
        await server.WaitForShutdownAsync();
    }

    /// <summary>Opens connections as this group's processor permits.</summary>
    internal static Dialer Dialer(SidecarLog log) => new(IsSimulated(new UvmSource("/", Environment.GetEnvironmentVariable, log).Folder()));

    private static bool IsSimulated(string context)
    {
        try
        {
            return LaunchFact.IsSimulated(context);
        }
        catch (Exception e) when (e is MalformedException or UnavailableException)
        {
            throw new SkrFailureException("failed to read which processor the group was launched on", e);
        }
    }

    /// <summary>The surroundings of a container in a group.</summary>
    internal static SkrSurroundings Surroundings(HttpClient client, SidecarLog log)
    {
        var context = new UvmSource("/", Environment.GetEnvironmentVariable, log).Folder();
        if (IsSimulated(context)) log.Warning("this group runs on a simulated processor: its evidence protects nothing, and default verifiers refuse it");
        return new SkrSurroundings
        {
            Attester = () => AttesterDiscovery.Find(AttesterPaths.Default, context),
            Client = client,
            Roots = TrustRoots.System,
            Environment = Environment.GetEnvironmentVariable,
            Root = "/",
            Time = TimeProvider.System,
            Log = log,
        };
    }

    internal static TextWriter OpenLog(string path)
    {
        if (path.Length == 0) return Console.Error;
        try
        {
            return new StreamWriter(path, append: true);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new SkrFailureException($"failed to open the log file {path}", e);
        }
    }
}
