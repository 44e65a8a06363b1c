using System.Diagnostics;
using Cove.Policy;

namespace Cove.Tests.Runtime.Shim.Support;

/// <summary>Debian's containerd, started with everything of its own below a temporary folder, with the shim on its path and one image.</summary>
public sealed class ContainerdUnderTest : IAsyncLifetime
{
    private const string Hint = "apt-get install containerd runc busybox-static util-linux containernetworking-plugins";
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(3);

    private Process? containerd;
    private TestImage? image;

    /// <summary>Short: socket paths have 107 bytes at most.</summary>
    public string Folder { get; } = Directory.CreateTempSubdirectory("cove-cd-").FullName;

    /// <summary>The folder of the guest image, where pods are to run in machines; null for processes.</summary>
    public string? MachineImage { get; init; }

    public string Socket => At("c.sock");

    /// <summary>Folders of running pods.</summary>
    public string Pods => At("run");

    /// <summary>Sockets of running shims.</summary>
    public string Shims => At("s");

    internal TestImage Image => image ?? throw new InvalidOperationException("skip first");

    /// <summary>Skips where the host cannot, saying why.</summary>
    public static void Require()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux() && Environment.IsPrivilegedProcess, "containerd needs root on Linux");
        foreach (var program in (string[])["containerd", "ctr", "runc", "busybox", "setsid", "unshare"])
            Assert.SkipUnless(Paths().Any(folder => File.Exists(Path.Combine(folder, program))), $"this host lacks {program}: {Hint}");
    }

    public async ValueTask InitializeAsync()
    {
        if (!OperatingSystem.IsLinux() || !Environment.IsPrivilegedProcess || !Paths().Any(folder => File.Exists(Path.Combine(folder, "containerd")))) return;
        image = await TestImage.MakeAsync(Directory.CreateDirectory(At("image")).FullName);
        await WriteFilesAsync();
        await StartAsync();
        Assert.Equal(0, (await CtrAsync("image", "import", Image.Archive)).Code);
        Assert.Equal(0, (await CtrAsync("-n", "k8s.io", "image", "import", Image.Archive)).Code);
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        Directory.Delete(Folder, recursive: true);
    }

    /// <summary>Starts containerd, and waits until it answers.</summary>
    public async Task StartAsync()
    {
        var start = new ProcessStartInfo("/bin/sh", ["-c", "exec containerd -c \"$1\" >>\"$2\" 2>&1", "sh", At("config.toml"), At("containerd.log")]) { UseShellExecute = false };
        start.Environment["PATH"] = $"{At("bin")}:{string.Join(':', Paths())}";
        start.Environment["COVE_SHIM_CONFIG"] = At("shim.json");
        containerd = Process.Start(start)!;
        var began = TimeProvider.System.GetTimestamp();
        while ((await CtrAsync("version")).Code != 0)
        {
            Assert.False(containerd.HasExited, $"containerd ended: {await File.ReadAllTextAsync(At("containerd.log"))}");
            Assert.True(TimeProvider.System.GetElapsedTime(began) < Patience, "containerd does not answer");
            await Task.Delay(50);
        }
    }

    /// <summary>Ends containerd. Shims live on.</summary>
    public async Task StopAsync()
    {
        if (containerd is null) return;
        containerd.Kill();
        await containerd.WaitForExitAsync();
        containerd.Dispose();
        containerd = null;
    }

    /// <summary>Runs a container under a policy.</summary>
    internal Task<Said> RunAsync(string id, PolicyText? policy, params string[] command) => RunAsync(id, policy is null ? null : $"io.cove.policy={policy.Base64}", command);

    /// <summary>Runs a container with an annotation.</summary>
    internal Task<Said> RunAsync(string id, string? annotation, string[] command) => CtrAsync(
        ["run", "--rm", "--runtime", "io.containerd.cove.v2", .. annotation is null ? (string[])[] : ["--annotation", annotation], TestImage.Name, id, .. command]);

    /// <summary>Runs <c>ctr</c> to its end.</summary>
    internal Task<Said> CtrAsync(params string[] arguments) => CtrWithInputAsync(null, arguments);

    internal async Task<Said> CtrWithInputAsync(string? input, params string[] arguments)
    {
        var start = new ProcessStartInfo("ctr", ["-a", Socket, .. arguments]) { UseShellExecute = false, RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true };
        using var process = Process.Start(start)!;
        var (output, error) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        try
        {
            if (input is not null) await process.StandardInput.WriteAsync(input);
            process.StandardInput.Close();
        }
        catch (IOException)
        {
            // It ended before it had read everything: what it said tells why.
        }

        using var late = new CancellationTokenSource(Patience);
        await process.WaitForExitAsync(late.Token);
        return new Said(process.ExitCode, await output, await error);
    }

    /// <summary>Nothing of any pod is left on the host.</summary>
    public async Task AssertNothingLeftAsync()
    {
        // The shim ends a moment after its last answer.
        for (var began = TimeProvider.System.GetTimestamp(); Remains().Count > 0 && TimeProvider.System.GetElapsedTime(began) < Patience; await Task.Delay(100))
        {
        }

        Assert.Empty(Remains());
    }

    private IReadOnlyList<string> Remains() =>
    [
        .. Entries(Pods), .. Entries(Shims),
        .. File.ReadLines("/proc/mounts").Where(line => line.Contains(Pods + "/", StringComparison.Ordinal)),
        .. Directory.EnumerateDirectories("/proc").Where(IsOurs),
    ];

    private bool IsOurs(string process)
    {
        try
        {
            var command = File.ReadAllText(Path.Combine(process, "cmdline"));
            return command.Contains(Pods + "/", StringComparison.Ordinal) || (command.Contains("Cove.Runtime.dll", StringComparison.Ordinal) && command.Contains(Socket, StringComparison.Ordinal));
        }
        catch (Exception gone) when (gone is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    private static string[] Entries(string folder) => Directory.Exists(folder) ? Directory.GetFileSystemEntries(folder) : [];

    private static string[] Paths() => [.. (Environment.GetEnvironmentVariable("PATH") + ":/usr/sbin:/sbin").Split(':')];

    private string At(string name) => Path.Combine(Folder, name);

    private async Task WriteFilesAsync()
    {
        var programs = Path.GetFullPath("../..", AppContext.BaseDirectory);
        var configuration = Path.GetFileName(AppContext.BaseDirectory.TrimEnd('/'));
        var shim = Path.Combine(Directory.CreateDirectory(At("bin")).FullName, "containerd-shim-cove-v2");
        await File.WriteAllTextAsync(shim, $"#!/bin/sh\nexec {Environment.ProcessPath} {programs}/Cove.Runtime/{configuration}/Cove.Runtime.dll shim \"$@\"\n");
        File.SetUnixFileMode(shim, (UnixFileMode)0b111_101_101);
        var settings = new System.Text.Json.Nodes.JsonObject
        {
            ["agent"] = Path.Combine(programs, "Cove.Agent", configuration), ["processor"] = At("processor"), ["state"] = Pods, ["layers"] = At("layers"), ["sockets"] = Shims,
        };
        if (MachineImage is not null)
            settings["machine"] = new System.Text.Json.Nodes.JsonObject { ["image"] = MachineImage, ["mode"] = "tcg", ["memoryMiB"] = 512, ["processors"] = 1 };
        await File.WriteAllTextAsync(At("shim.json"), settings.ToJsonString());
        var (state, net) = (At("state"), Directory.CreateDirectory(At("net.d")).FullName);
        await File.WriteAllTextAsync(Path.Combine(net, "10-test.conflist"), $$$"""
            {"cniVersion":"0.4.0","name":"cove-test","plugins":[{"type":"ptp","ipMasq":false,"ipam":{"type":"host-local","dataDir":"{{{At("ipam")}}}","ranges":[[{"subnet":"10.213.0.0/24"}]]}}]}
            """);
        await File.WriteAllTextAsync(At("config.toml"), $"""
            version = 2
            root = "{At("root")}"
            state = "{state}"
            disabled_plugins = ["io.containerd.internal.v1.restart", "io.containerd.snapshotter.v1.btrfs", "io.containerd.snapshotter.v1.aufs", "io.containerd.snapshotter.v1.devmapper", "io.containerd.snapshotter.v1.zfs"]
            [grpc]
              address = "{Socket}"
            [ttrpc]
              address = "{Socket}.ttrpc"
            [plugins."io.containerd.grpc.v1.cri"]
              restrict_oom_score_adj = true
              disable_apparmor = true
              sandbox_image = "{TestImage.Name}"
              [plugins."io.containerd.grpc.v1.cri".cni]
                bin_dir = "/usr/lib/cni"
                conf_dir = "{net}"
              [plugins."io.containerd.grpc.v1.cri".containerd]
                default_runtime_name = "cove"
              [plugins."io.containerd.grpc.v1.cri".containerd.runtimes.cove]
                runtime_type = "io.containerd.cove.v2"
                pod_annotations = ["io.cove.*", "io.katacontainers.*", "microsoft.containerinstance.virtualnode.*"]

            """);
    }
}
