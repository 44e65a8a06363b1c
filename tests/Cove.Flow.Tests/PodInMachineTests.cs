using System.Diagnostics;
using Cove.Outcomes;
using Cove.Policy.Model;
using Cove.Tests.Runtime.Shim.Support;

namespace Cove.Tests.Flow;

/// <summary>A pod as a kubelet makes it through a RuntimeClass whose guests are machines: one machine for the pod, its containers in it.</summary>
[Collection(Alone.Name)]
public sealed class PodInMachineTests : IAsyncLifetime
{
    // Listens on localhost alone, so that what reaches it shares that.
    private static readonly string[] Serve =
        ["/bin/sh", "-c", "echo serving; httpd -f -p 127.0.0.1:8080 -h /etc & httpd -f -p 8081 -h /etc & trap 'echo bye; exit 3' TERM; while true; do sleep 0.2; done"];

    private static readonly string[] Fetch = ["/bin/sh", "-c", "until wget -q -O - http://127.0.0.1:8080/motd; do sleep 0.2; done"];
    private static readonly string[] Kernel = ["/bin/cat", "/proc/sys/kernel/osrelease"];

    private readonly CoveProgram cove;
    private readonly string logs = Directory.CreateTempSubdirectory("cove-logs-").FullName;
    private ContainerdUnderTest? containerd;

    public PodInMachineTests(CoveProgram cove)
    {
        CoveProgram.RequireHost();
        CoveProgram.RequireMachines();
        ContainerdUnderTest.Require();
        foreach (var program in (string[])["/usr/lib/cni/ptp", "/usr/sbin/tc", "/usr/bin/nsenter"])
            Assert.SkipUnless(File.Exists(program), $"this host lacks {program}: apt-get install containernetworking-plugins iproute2 util-linux");
        this.cove = cove;
    }

    public async ValueTask InitializeAsync()
    {
        if (!Directory.Exists(Path.Combine(cove.Home, "guest"))) (await cove.RunAsync("guest", "build")).ExitedWith(0);
        containerd = new ContainerdUnderTest { MachineImage = Path.Combine(cove.Home, "guest") };
        await containerd.InitializeAsync();
    }

    public async ValueTask DisposeAsync()
    {
        if (containerd is not null) await containerd.DisposeAsync();
        Directory.Delete(logs, recursive: true);
    }

    [Fact]
    public async Task One_machine_runs_two_containers_of_a_pod_and_nothing_is_left_of_it()
    {
        using var cri = new CriClient(containerd!.Socket);
        await cri.ReadyAsync();
        var policy = TestPod.Policy(containerd.Image, TestPod.Container("serve", Serve) with { ExecProcesses = [new ExecProcess(Kernel, [])] }, TestPod.Container("fetch", Fetch));
        var pod = await cri.RunPodAsync("machine", logs, new Dictionary<string, string> { ["io.cove.policy"] = policy.Base64 });
        try
        {
            var serve = await StartAsync(cri, pod, "serve", Serve);
            var fetch = await StartAsync(cri, pod, "fetch", Fetch);
            Assert.Equal(0, await cri.WaitAsync(fetch));
            Assert.Contains("stdout F moored", await LogAsync("fetch", "moored"), StringComparison.Ordinal);
            Assert.Contains("stdout F serving", await LogAsync("serve", "serving"), StringComparison.Ordinal);
            var machine = Assert.Single(Machines());

            // The kernel is the machine's; a process that the policy does not list is not run.
            var (kernel, _, code) = await cri.ExecAsync(serve, Kernel);
            Assert.Equal(0, code);
            Assert.NotEqual(await File.ReadAllTextAsync("/proc/sys/kernel/osrelease"), kernel);
            var denied = await Assert.ThrowsAsync<UnavailableException>(() => cri.ExecAsync(serve, "/bin/cat", "/etc/passwd"));
            Assert.Contains("exec-not-listed", denied.Message, StringComparison.Ordinal);

            var (memory, processor) = await cri.StatsAsync(serve);
            Assert.True(memory > 0 && processor > 0, $"{memory} bytes, {processor} ns");

            // What a port-forward is to containerd: a connection to localhost in the pod's network namespace. None leads into the machine.
            foreach (var port in (int[])[8080, 8081]) Assert.NotEqual(0, Forward(machine, port));

            await cri.StopAsync(serve, seconds: 120);
            Assert.Equal((2, 3), await cri.StatusAsync(serve));
            Assert.Contains("stdout F bye", await LogAsync("serve", "bye"), StringComparison.Ordinal);
            await cri.RemoveAsync(serve);
            Assert.Equal(0, await cri.PodStateAsync(pod));
        }
        finally
        {
            await cri.RemovePodAsync(pod);
        }

        await containerd.AssertNothingLeftAsync();
        Assert.Empty(Machines());
    }

    private static async Task<string> StartAsync(CriClient cri, CriPod pod, string name, string[] command)
    {
        var container = await cri.CreateAsync(pod, name, command);
        await cri.StartAsync(container);
        return container;
    }

    /// <summary>Processes of QEMU for pods of this containerd.</summary>
    private IReadOnlyList<int> Machines()
    {
        var found = new List<int>();
        foreach (var folder in Directory.EnumerateDirectories("/proc").Where(folder => int.TryParse(Path.GetFileName(folder), out _)))
        {
            try
            {
                var command = File.ReadAllText(Path.Combine(folder, "cmdline"));
                if (command.StartsWith("qemu", StringComparison.Ordinal) && command.Contains(containerd!.Pods, StringComparison.Ordinal)) found.Add(int.Parse(Path.GetFileName(folder)));
            }
            catch (Exception gone) when (gone is IOException or UnauthorizedAccessException)
            {
                // It ended meanwhile.
            }
        }

        return found;
    }

    private static int Forward(int machine, int port)
    {
        using var process = Process.Start(new ProcessStartInfo("nsenter", ["--net", "--target", $"{machine}", "busybox", "wget", "-q", "-O", "-", $"http://127.0.0.1:{port}/motd"]) { UseShellExecute = false })!;
        process.WaitForExit();
        return process.ExitCode;
    }

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
