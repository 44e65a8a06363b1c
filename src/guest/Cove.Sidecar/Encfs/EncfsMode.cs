using System.Runtime.InteropServices;
using Cove.Sidecar.CommandLine;
using Cove.Sidecar.Http;

namespace Cove.Sidecar.Encfs;

/// <summary>The <c>encfs</c> mode: mounts encrypted file systems and serves them until it is told to stop.</summary>
internal static class EncfsMode
{
    private const string Usage =
        """
        usage: encfs [flags]
          -base64 TEXT      the file systems, base64 of JSON (or EncfsSideCarArgs)
          -loglevel LEVEL   trace, debug, info, warning, error, fatal or panic; default warning (or LogLevel)
          -logfile FILE     append the log to this file, default standard error (or LogFile)
        """;

    /// <param name="arguments">Flags.</param>
    /// <param name="mounted">Called once everything is mounted.</param>
    public static async Task<int> RunAsync(string[] arguments, Action mounted)
    {
        SidecarLog? log = null;
        try
        {
            var settings = EncfsSettings.Parse(arguments, Environment.GetEnvironmentVariable);
            if (settings is null)
            {
                await Console.Out.WriteLineAsync(Usage);
                return 0;
            }

            log = new SidecarLog(SkrMode.OpenLog(settings.LogFile), settings.LogLevel);
            await ServeAsync(EncfsArguments.Parse(settings.Arguments), log, mounted);
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

    private static async Task ServeAsync(EncfsArguments arguments, SidecarLog log, Action mounted)
    {
        using var stopping = new CancellationTokenSource();
        using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
        using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
        using var client = new HttpClient(Outbound.CreateHandler(TrustRoots.System, SkrMode.Dialer(log))) { Timeout = Timeout.InfiniteTimeSpan };
        var surroundings = SkrMode.Surroundings(client, log);
        try
        {
            using var skr = await SkrSidecar.CreateAsync(new SkrSettings { Azure = arguments.Azure }, surroundings, stopping.Token);
            await using var sidecar = new EncfsSidecar(skr.Release, skr.Tokens, surroundings);
            await sidecar.MountAsync(arguments.FileSystems, stopping.Token);
            foreach (var volume in sidecar.Mounted) await Console.Out.WriteLineAsync($"ready {volume.MountPoint}");
            mounted();
            await Task.Delay(Timeout.InfiniteTimeSpan, stopping.Token);
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            // Told to stop: the volumes are down by now.
        }

        void Stop(PosixSignalContext context)
        {
            context.Cancel = true;
            stopping.Cancel();
        }
    }
}
