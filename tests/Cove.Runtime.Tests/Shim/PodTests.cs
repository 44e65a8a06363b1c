using Cove.Outcomes;
using Cove.Policy;
using Cove.Policy.Model;
using Cove.Tests.Runtime.Shim.Support;

namespace Cove.Tests.Runtime.Shim;

/// <summary>Pods through containerd's CRI, as a kubelet makes them through a RuntimeClass: one guest, containers in it.</summary>
[Collection(ContainerdCollection.Name)]
public sealed class PodTests : IAsyncLifetime
{
    private const int Pods = 20;
    private static readonly string[] Serve = ["/bin/sh", "-c", "echo serving; httpd -f -p 8080 -h /etc & trap 'echo bye; exit 3' TERM; while true; do sleep 0.2; done"];
    private static readonly string[] Fetch = ["/bin/sh", "-c", "until wget -q -O - http://127.0.0.1:8080/motd; do sleep 0.2; done"];
    private static readonly string[] Allowed = ["/bin/cat", "/etc/motd"];

    private readonly ContainerdUnderTest containerd;
    private readonly CriClient cri;
    private readonly string logs = Directory.CreateTempSubdirectory("cove-logs-").FullName;

    public PodTests(ContainerdUnderTest containerd)
    {
        ContainerdUnderTest.Require();
        Assert.SkipUnless(File.Exists("/usr/lib/cni/ptp"), "this host lacks CNI plugins: apt-get install containernetworking-plugins");
        this.containerd = containerd;
        cri = new CriClient(containerd.Socket);
    }

    [Fact]
    public async Task Two_containers_share_localhost_and_their_logs_arrive()
    {
        var pod = await RunAsync("shared", Container("serve", Serve), Container("fetch", Fetch));
        var serve = await StartAsync(pod, "serve", Serve);
        var fetch = await StartAsync(pod, "fetch", Fetch);
        Assert.Equal(0, await cri.WaitAsync(fetch));
        Assert.Contains("stdout F moored", await LogAsync("fetch", "moored"));
        Assert.Contains("stdout F serving", await LogAsync("serve", "serving"));
        Assert.Equal(1, (await cri.StatusAsync(serve)).State);
        await RemoveAsync(pod);
    }

    [Theory]
    [InlineData("io.cove.policy")]
    [InlineData("io.katacontainers.config.agent.policy")]
    public async Task A_process_that_the_policy_lists_is_run_in_a_container_and_another_is_not(string annotation)
    {
        var pod = await cri.RunPodAsync("execs", logs, new Dictionary<string, string> { [annotation] = Policy(Container("serve", Serve)).Base64 });
        var serve = await StartAsync(pod, "serve", Serve);
        Assert.Equal(("moored\n", "", 0), await cri.ExecAsync(serve, Allowed));
        var denied = await Assert.ThrowsAsync<UnavailableException>(() => cri.ExecAsync(serve, "/bin/cat", "/etc/passwd"));
        Assert.Contains("denied by the pod's policy", denied.Message);
        Assert.Contains("exec-not-listed", denied.Message);
        Assert.Equal(1, (await cri.StatusAsync(serve)).State);
        await RemoveAsync(pod);
    }

    [Fact]
    public async Task A_container_is_stopped_by_its_signal_counted_and_removed()
    {
        var pod = await RunAsync("stops", Container("serve", Serve));
        var serve = await StartAsync(pod, "serve", Serve);
        await LogAsync("serve", "serving");
        var (memory, processor) = await cri.StatsAsync(serve);
        Assert.True(memory > 0 && processor > 0, $"{memory} bytes, {processor} ns");
        await cri.StopAsync(serve, seconds: 60);
        Assert.Equal((2, 3), await cri.StatusAsync(serve));
        Assert.Contains("stdout F bye", await LogAsync("serve", "bye"));
        await cri.RemoveAsync(serve);
        await Assert.ThrowsAsync<UnavailableException>(() => cri.StatusAsync(serve));
        Assert.Equal(0, await cri.PodStateAsync(pod));
        await RemoveAsync(pod);
    }

    [Fact]
    public async Task Files_are_copied_where_the_policy_lists_the_archiver_and_nowhere_else()
    {
        // What kubectl cp asks for: from a container, and into one.
        string[] copy = ["tar", "cf", "-", "etc/motd"], fill = ["tar", "-xmf", "-", "-C", "/tmp"];
        var pod = await RunAsync("copies", TestPod.Container("serve", Serve) with { ExecProcesses = [new ExecProcess(copy, [])] });
        var serve = await StartAsync(pod, "serve", Serve);
        var (archive, _, code) = await cri.ExecAsync(serve, copy);
        Assert.Equal(0, code);
        Assert.StartsWith("etc/motd\0", archive, StringComparison.Ordinal);
        Assert.Contains("moored\n", archive, StringComparison.Ordinal);
        foreach (var other in (string[][])[["tar", "cf", "-", "etc/passwd"], fill])
            Assert.Contains("exec-not-listed", (await Assert.ThrowsAsync<UnavailableException>(() => cri.ExecAsync(serve, other))).Message);
        await RemoveAsync(pod);
    }

    [Fact]
    public async Task A_container_gets_other_limits_while_it_runs()
    {
        var limit = File.Exists("/sys/fs/cgroup/memory/memory.limit_in_bytes") ? "/sys/fs/cgroup/memory/memory.limit_in_bytes" : "/sys/fs/cgroup/memory.max";
        string[] read = ["/bin/cat", limit];
        var pod = await RunAsync("limits", TestPod.Container("serve", Serve) with { ExecProcesses = [new ExecProcess(read, [])] });
        var serve = await StartAsync(pod, "serve", Serve);
        await cri.LimitAsync(serve, 96 << 20);
        Assert.Equal($"{96 << 20}\n", (await cri.ExecAsync(serve, read)).Out);
        await RemoveAsync(pod);
    }

    [Fact]
    public async Task A_container_that_the_policy_does_not_list_is_not_made_and_the_pod_goes_on()
    {
        var pod = await RunAsync("refuses", Container("serve", Serve));
        var serve = await StartAsync(pod, "serve", Serve);
        var denied = await Assert.ThrowsAsync<UnavailableException>(() => StartAsync(pod, "other", ["/bin/sh", "-c", "echo other"]));
        Assert.Contains("denied by the pod's policy", denied.Message);
        Assert.Equal(1, (await cri.StatusAsync(serve)).State);
        await RemoveAsync(pod);
    }

    [Fact]
    public async Task Volumes_of_the_kubelet_arrive_in_the_guest_and_folders_of_the_host_do_not()
    {
        string[] read = ["/bin/sh", "-c", "cat /settings/tide; echo left >/shared/note"], find = ["/bin/cat", "/shared/note"];
        var settings = Directory.CreateDirectory(Path.Combine(logs, "volumes/kubernetes.io~configmap/settings")).FullName;
        var data = Directory.CreateDirectory(Path.Combine(settings, "..2026_11_22")).FullName;
        await File.WriteAllTextAsync(Path.Combine(data, "tide"), "high\n", TestContext.Current.CancellationToken);
        Directory.CreateSymbolicLink(Path.Combine(settings, "..data"), "..2026_11_22");
        File.CreateSymbolicLink(Path.Combine(settings, "tide"), "..data/tide");
        var shared = Directory.CreateDirectory(Path.Combine(logs, "volumes/kubernetes.io~empty-dir/shared")).FullName;
        VolumeMount[] mounts = [new("settings", "/settings", ReadOnly: true), new("shared", "/shared", ReadOnly: false)];

        var pod = await RunAsync("volumes", Container("read", read) with { VolumeMounts = mounts }, Container("find", find) with { VolumeMounts = mounts });
        var reads = await cri.CreateAsync(pod, "read", read, ("/settings", settings, true), ("/shared", shared, false));
        await cri.StartAsync(reads);
        Assert.Equal(0, await cri.WaitAsync(reads));
        Assert.Contains("stdout F high", await LogAsync("read", "high"));
        var finds = await cri.CreateAsync(pod, "find", find, ("/settings", settings, true), ("/shared", shared, false));
        await cri.StartAsync(finds);
        Assert.Contains("stdout F left", await LogAsync("find", "left"));
        Assert.Empty(Directory.EnumerateFileSystemEntries(shared));

        var host = await cri.CreateAsync(pod, "read", read, ("/settings", logs, true));
        var refused = await Assert.ThrowsAsync<UnavailableException>(() => cri.StartAsync(host));
        Assert.Contains("is not given to a guest", refused.Message);
        await RemoveAsync(pod);
    }

    [Fact]
    public async Task A_pod_without_a_policy_is_not_run()
    {
        var refused = await Assert.ThrowsAsync<UnavailableException>(() => cri.RunPodAsync("bare", logs, new Dictionary<string, string>()));
        Assert.Contains("carries no policy", refused.Message);
        await containerd.AssertNothingLeftAsync();
    }

    [Fact]
    public async Task A_pod_goes_on_while_containerd_is_restarted()
    {
        var pod = await RunAsync("survives", Container("serve", Serve));
        var serve = await StartAsync(pod, "serve", Serve);
        await containerd.StopAsync();
        await containerd.StartAsync();
        using var again = new CriClient(containerd.Socket);
        await again.ReadyAsync();
        Assert.Equal((1, 0), await again.StatusAsync(serve));
        Assert.Equal("moored\n", (await again.ExecAsync(serve, Allowed)).Out);
        await again.StopAsync(serve, seconds: 60);
        Assert.Equal((2, 3), await again.StatusAsync(serve));
        await again.RemovePodAsync(pod);
        await containerd.AssertNothingLeftAsync();
    }

    [Fact]
    public async Task Twenty_pods_one_after_another_leave_nothing_behind()
    {
        string[] once = ["/bin/sh", "-c", "cat /etc/motd"];
        var policy = Policy(Container("once", once));
        var before = Interfaces();
        for (var i = 0; i < Pods; i++)
        {
            var pod = await cri.RunPodAsync($"row-{i}", logs, Annotated(policy));
            Assert.Equal(0, await cri.WaitAsync(await StartAsync(pod, "once", once)));
            await cri.RemovePodAsync(pod);
        }

        await containerd.AssertNothingLeftAsync();
        Assert.Equal(before, Interfaces());
    }

    public async ValueTask InitializeAsync() => await cri.ReadyAsync();

    public async ValueTask DisposeAsync()
    {
        // A test that failed must not make the next one fail.
        using (var fresh = new CriClient(containerd.Socket)) await fresh.RemoveAllAsync();
        cri.Dispose();
        Directory.Delete(logs, recursive: true);
    }

    private static GroupContainer Container(string name, string[] command) => TestPod.Container(name, command) with { ExecProcesses = [new ExecProcess(Allowed, [])] };

    private static string[] Interfaces() => [.. Directory.EnumerateFileSystemEntries("/sys/class/net").Select(path => Path.GetFileName(path)).Order(StringComparer.Ordinal)];

    private static Dictionary<string, string> Annotated(PolicyText policy) => new() { ["io.cove.policy"] = policy.Base64 };

    private PolicyText Policy(params GroupContainer[] containers) => TestPod.Policy(containerd.Image, containers);

    private Task<CriPod> RunAsync(string name, params GroupContainer[] containers) => cri.RunPodAsync(name, logs, Annotated(Policy(containers)));

    private async Task<string> StartAsync(CriPod pod, string name, string[] command)
    {
        var container = await cri.CreateAsync(pod, name, command);
        await cri.StartAsync(container);
        return container;
    }

    private async Task RemoveAsync(CriPod pod)
    {
        await cri.RemovePodAsync(pod);
        await containerd.AssertNothingLeftAsync();
    }

    // containerd copies a container's output to its log by itself.
    private async Task<string> LogAsync(string container, string awaited)
    {
        for (var began = TimeProvider.System.GetTimestamp(); ; await Task.Delay(50))
        {
            var file = Path.Combine(logs, $"{container}.log");
            var log = File.Exists(file) ? await File.ReadAllTextAsync(file) : "";
            if (log.Contains(awaited, StringComparison.Ordinal) || TimeProvider.System.GetElapsedTime(began) > TimeSpan.FromMinutes(2)) return log;
        }
    }
}
