using Cove.Runtime.Shim.Containerd;
using Cove.Runtime.Shim.Protobuf;

namespace Cove.Tests.Runtime.Shim.Support;

/// <summary>What a kubelet asks containerd for, as far as the tests ask it (kata-and-containerd §4.8).</summary>
internal sealed class CriClient : IDisposable
{
    private const string Service = "runtime.v1.RuntimeService";
    private readonly HttpClient http;
    private readonly GrpcChannel channel;

    public CriClient(string socket)
    {
        http = new HttpClient(GrpcChannel.Handler(socket)) { Timeout = TimeSpan.FromMinutes(10) };
        channel = new GrpcChannel(http, new Dictionary<string, string>());
    }

    /// <summary>Makes and starts a pod under the runtime handler <c>cove</c>.</summary>
    public async Task<CriPod> RunPodAsync(string name, string logs, IReadOnlyDictionary<string, string> annotations)
    {
        var config = new ProtobufWriter()
            .Message(1, new ProtobufWriter().Text(1, name).Text(2, $"uid-{name}").Text(3, "default").ToArray())
            .Text(2, name).Text(3, logs);
        foreach (var (key, value) in annotations) config.Message(7, new ProtobufWriter().Text(1, key).Text(2, value).ToArray());
        var bytes = config.ToArray();
        var answer = await CallAsync("RunPodSandbox", new ProtobufWriter().Message(1, bytes).Text(2, "cove"));
        return new CriPod(TextOf(answer, 1), bytes);
    }

    /// <summary>Makes a container; <paramref name="mounts"/> are (path in it, path on the host, read-only).</summary>
    public async Task<string> CreateAsync(CriPod pod, string name, IReadOnlyList<string> command, params (string Path, string Host, bool ReadOnly)[] mounts)
    {
        var config = new ProtobufWriter()
            .Message(1, new ProtobufWriter().Text(1, name).Number(2, mounts.Length == 1 ? 1UL : 0).ToArray())
            .Message(2, new ProtobufWriter().Text(1, TestImage.Name).ToArray());
        foreach (var word in command) config.Text(3, word);
        config.Text(5, "/");
        foreach (var (path, host, readOnly) in mounts) config.Message(7, new ProtobufWriter().Text(1, path).Text(2, host).Flag(3, readOnly).ToArray());
        config.Text(11, $"{name}.log");
        return TextOf(await CallAsync("CreateContainer", new ProtobufWriter().Text(1, pod.Id).Message(2, config.ToArray()).Message(3, pod.Config)), 1);
    }

    public Task StartAsync(string container) => CallAsync("StartContainer", new ProtobufWriter().Text(1, container));

    public Task StopAsync(string container, long seconds) => CallAsync("StopContainer", new ProtobufWriter().Text(1, container).Number(2, seconds));

    public Task RemoveAsync(string container) => CallAsync("RemoveContainer", new ProtobufWriter().Text(1, container));

    /// <summary>Gives a container another limit of memory.</summary>
    public Task LimitAsync(string container, long memory) =>
        CallAsync("UpdateContainerResources", new ProtobufWriter().Text(1, container).Message(2, new ProtobufWriter().Number(4, memory).ToArray()));

    public async Task<(string Out, string Error, int Code)> ExecAsync(string container, params string[] command)
    {
        var request = new ProtobufWriter().Text(1, container);
        foreach (var word in command) request.Text(2, word);
        var answer = await CallAsync("ExecSync", request.Number(3, 60L));
        return (TextOf(answer, 1), TextOf(answer, 2), (int)NumberOf(answer, 3));
    }

    /// <summary>The container's state (1 running, 2 exited) and exit code.</summary>
    public async Task<(int State, int Code)> StatusAsync(string container)
    {
        var status = MessageOf(await CallAsync("ContainerStatus", new ProtobufWriter().Text(1, container)), 1);
        return ((int)NumberOf(status, 3), (int)NumberOf(status, 7));
    }

    public async Task<int> WaitAsync(string container)
    {
        for (var began = TimeProvider.System.GetTimestamp(); ; await Task.Delay(50))
        {
            var (state, code) = await StatusAsync(container);
            if (state == 2) return code;
            Assert.True(TimeProvider.System.GetElapsedTime(began) < TimeSpan.FromMinutes(3), "the container does not end");
        }
    }

    /// <summary>The pod's state: 0 ready.</summary>
    public async Task<int> PodStateAsync(CriPod pod) => (int)NumberOf(MessageOf(await CallAsync("PodSandboxStatus", new ProtobufWriter().Text(1, pod.Id)), 1), 3);

    /// <summary>Memory in use and processor time of a container.</summary>
    public async Task<(ulong Memory, ulong Processor)> StatsAsync(string container)
    {
        var stats = MessageOf(await CallAsync("ContainerStats", new ProtobufWriter().Text(1, container)), 1);
        return (NumberOf(MessageOf(MessageOf(stats, 3), 2), 1), NumberOf(MessageOf(MessageOf(stats, 2), 2), 1));
    }

    public async Task RemovePodAsync(CriPod pod)
    {
        await CallAsync("StopPodSandbox", new ProtobufWriter().Text(1, pod.Id));
        await CallAsync("RemovePodSandbox", new ProtobufWriter().Text(1, pod.Id));
    }

    /// <summary>Waits until containerd serves CRI: after a start it first looks for the pods that run.</summary>
    public async Task ReadyAsync()
    {
        for (var began = TimeProvider.System.GetTimestamp(); ; await Task.Delay(100))
        {
            try
            {
                await CallAsync("ListPodSandbox", new ProtobufWriter());
                return;
            }
            catch (Cove.Outcomes.UnavailableException starting) when (TimeProvider.System.GetElapsedTime(began) < TimeSpan.FromMinutes(3) && starting.Message.Contains("not initialized", StringComparison.Ordinal))
            {
                // Not yet.
            }
        }
    }

    /// <summary>Removes every pod, whatever state a test left it in.</summary>
    public async Task RemoveAllAsync()
    {
        var answer = await CallAsync("ListPodSandbox", new ProtobufWriter());
        var pods = new List<string>();
        var reader = new ProtobufReader(answer, "CRI answer");
        while (reader.Next())
        {
            if (reader.Field == 1) pods.Add(TextOf(reader.Bytes().ToArray(), 1));
            else reader.Skip();
        }

        foreach (var pod in pods) await RemovePodAsync(new CriPod(pod, []));
    }

    public void Dispose() => http.Dispose();

    private Task<byte[]> CallAsync(string method, ProtobufWriter request) => channel.CallAsync($"{Service}/{method}", request.ToArray(), TestContext.Current.CancellationToken);

    private static byte[] MessageOf(byte[] message, int field)
    {
        var found = (byte[])[];
        var reader = new ProtobufReader(message, "CRI answer");
        while (reader.Next())
        {
            if (reader.Field == field) found = reader.Bytes().ToArray();
            else reader.Skip();
        }

        return found;
    }

    private static string TextOf(byte[] message, int field) => System.Text.Encoding.UTF8.GetString(MessageOf(message, field));

    private static ulong NumberOf(byte[] message, int field)
    {
        var found = 0UL;
        var reader = new ProtobufReader(message, "CRI answer");
        while (reader.Next())
        {
            if (reader.Field == field) found = reader.Number();
            else reader.Skip();
        }

        return found;
    }
}
