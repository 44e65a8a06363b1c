using System.Net.Sockets;
using System.Runtime.InteropServices;
using Cove.Runtime.Shim.Containerd;
using Cove.Runtime.Shim.Pods;
using Cove.Runtime.Shim.Tasks;
using Cove.Runtime.Shim.Ttrpc;

namespace Cove.Runtime.Shim.Commands;

/// <summary>The shim itself: serves one group until it is told to go. Needs containerd for nothing that runs already.</summary>
internal static class ServeCommand
{
    private const string EventsAddress = "TTRPC_ADDRESS";
    private const string Scheme = "unix://";

    public static async Task RunAsync(ShimArguments arguments, ShimSettings settings, TimeProvider time)
    {
        using var stop = new CancellationTokenSource();
        using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
        using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
        var key = arguments.KeyOf(arguments.Id);
        var socket = Path.Combine(settings.Sockets, key);
        var log = new ShimLog(Path.Combine(arguments.Bundle, "log"), time);
        using var http = new HttpClient(GrpcChannel.Handler(Plain(arguments.Address)));
        var channel = new GrpcChannel(http, new Dictionary<string, string>(StringComparer.Ordinal) { [ContainerdClient.NamespaceHeader] = arguments.Namespace });
        var layers = new ImageLayers(new ContainerdClient(channel), settings.Layers);
        await using var events = new EventPublisher(Plain(Environment.GetEnvironmentVariable(EventsAddress) ?? ""), arguments.Namespace, time, log);
        await using var pod = new Pod(settings, PodPaths.Folder(settings, key), layers, time, events.Publish);
        var services = new TaskService(pod, events.Publish, () => stop.CancelAfter(TimeSpan.Zero)).AddTo(new TtrpcServices());
        await using var server = await ListenAsync(socket, services);
        if (server is null) return;
        await Task.Delay(Timeout.Infinite, stop.Token).ContinueWith(_ => { }, TaskScheduler.Default);

        void Stop(PosixSignalContext signal)
        {
            signal.Cancel = true;
            stop.Cancel();
        }
    }

    /// <summary>Null where another shim was faster.</summary>
    private static async Task<TtrpcServer?> ListenAsync(string socket, TtrpcServices services)
    {
        try
        {
            return TtrpcServer.Start(socket, services);
        }
        catch (SocketException taken) when (taken.SocketErrorCode == SocketError.AddressAlreadyInUse)
        {
            if (await StartCommand.AnswersAsync(socket)) return null;
            File.Delete(socket);
            return TtrpcServer.Start(socket, services);
        }
    }

    private static string Plain(string address) => address.StartsWith(Scheme, StringComparison.Ordinal) ? address[Scheme.Length..] : address;
}
