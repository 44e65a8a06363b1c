using System.Diagnostics;
using System.Security.Cryptography;
using System.Text;
using Cove.Outcomes;
using Cove.Protocol.Client;
using Cove.Protocol.Messages;
using Cove.Runtime.Simulation;

namespace Cove.Agent.Tests.Support;

/// <summary>The real agent, as the first process of its own namespaces, with a simulated processor launched for a policy.</summary>
internal sealed class AgentUnderTest : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(3);

    /// <summary>One for all tests: its two RSA keys of 4096 bits take longer to find than everything else a test does.</summary>
    private static readonly Lazy<SimulatedChip> Chip = new(() => new SimulatedAuthority(TimeProvider.System).MakeChip(SimulatedChip.CurrentTcb));

    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("cove-agent-");
    private readonly SimulatedProcessorServer processor;
    private readonly Process unshare;
    private readonly StringBuilder output = new();

    private AgentUnderTest(TestPolicy policy, BusyboxLayer layer, byte[] hostData)
    {
        (Policy, Layer) = (policy, layer);
        var launch = new SimulatedLaunch(new byte[SimulatedLaunch.MeasurementSize], hostData, SimulatedLaunch.ContainerGroupPolicy);
        processor = SimulatedProcessorServer.Start(SimulatedProcessor.Launch(Chip.Value, launch), In("processor.sock"), TimeProvider.System);
        var start = new ProcessStartInfo("unshare") { UseShellExecute = false, RedirectStandardError = true };
        foreach (var argument in new[]
        {
            "--mount", "--pid", "--fork", "--mount-proc", "--kill-child", "--", "dotnet", Path.Combine(AppContext.BaseDirectory, "Cove.Agent.dll"),
            "--control", Socket, "--state", In("state"), "--secure-processor", In("processor.sock"), "--cgroup", Cgroup,
        })
        {
            start.ArgumentList.Add(argument);
        }

        start.Environment["DOTNET_TieredPGO"] = "0";
        unshare = Process.Start(start)!;
        unshare.ErrorDataReceived += (_, line) => output.AppendLine(line.Data);
        unshare.BeginErrorReadLine();
    }

    public TestPolicy Policy { get; }

    public BusyboxLayer Layer { get; }

    public string Socket => In("agent.sock");

    public string State => In("state");

    public string Cgroup => $"/{folder.Name}";

    /// <summary>The loop devices that are mounted in the agent's namespace.</summary>
    public IReadOnlyList<string> LoopDevices() =>
    [
        .. File.ReadLines($"/proc/{AgentId}/mountinfo").Where(line => line.Contains(State, StringComparison.Ordinal))
            .SelectMany(line => line.Split(' ')).Where(word => word.StartsWith("/dev/loop", StringComparison.Ordinal)),
    ];

    public string SandboxId { get; } = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(32));

    public GuestClient Host { get; private set; } = null!;

    /// <summary>The agent's process id as this test sees it.</summary>
    public int AgentId => int.Parse(File.ReadAllText($"/proc/{unshare.Id}/task/{unshare.Id}/children").Split(' ')[0]);

    /// <summary>Starts the agent behind its closed door, or skips where that cannot be.</summary>
    public static async Task<AgentUnderTest> StartAsync(Func<BusyboxLayer, TestPolicy> policy, byte[]? hostData = null)
    {
        Assert.SkipUnless(Environment.IsPrivilegedProcess, "mounting needs root");
        foreach (var program in (string[])["/usr/bin/unshare", "/usr/sbin/runc"])
            Assert.SkipUnless(File.Exists(program), $"there is no {program} here");
        Assert.SkipUnless(File.Exists("/dev/loop-control"), "the kernel has no loop devices");
        var layer = BusyboxLayer.Get();
        var made = policy(layer);
        var agent = new AgentUnderTest(made, layer, hostData ?? SHA256.HashData(made.Bytes));
        try
        {
            agent.Host = await GuestClient.ConnectAsync(agent.Socket, Patience);
            return agent;
        }
        catch
        {
            await agent.DisposeAsync();
            throw;
        }
    }

    /// <summary>Starts the agent for these containers and sets their policy.</summary>
    public static Task<AgentUnderTest> OpenAsync(params TestContainer[] containers) =>
        OpenAsync(layer => new TestPolicy(layer.Root, containers));

    public static async Task<AgentUnderTest> OpenAsync(Func<BusyboxLayer, TestPolicy> policy)
    {
        var agent = await StartAsync(policy);
        try
        {
            var set = Accepted(await agent.Host.CallAsync(GuestCalls.SetPolicy, new SetPolicyRequest(agent.Policy.Base64, new SecurityContext("Y2VydA=="))));
            Assert.Equal(Convert.ToHexStringLower(SHA256.HashData(agent.Policy.Bytes)), set.HostData);
            Accepted(await agent.Host.CallAsync(GuestCalls.CreateSandbox, new CreateSandboxRequest(agent.SandboxId, "testgroup", ["192.0.2.1"], ["example.org"])));
            Accepted(await agent.MountLayerAsync(agent.Layer.Path));
            return agent;
        }
        catch
        {
            await agent.DisposeAsync();
            throw;
        }
    }

    public Task<Verdict<MountDeviceResponse>> MountLayerAsync(string path, int index = 0) =>
        Host.CallAsync(GuestCalls.MountDevice, new MountDeviceRequest(GuestPaths.Layer(index), path, ["ro"]));

    public Task<Verdict<Done>> MountOverlayAsync(TestContainer container) => Host.CallAsync(GuestCalls.MountOverlay, new MountOverlayRequest(
        container.Id, [GuestPaths.Layer(0)], GuestPaths.Rootfs(container.Id), GuestPaths.Scratch(SandboxId, container.Id)));

    /// <summary>Mounts what the container needs and asks for it, possibly with something changed.</summary>
    public async Task<Verdict<CreateContainerResponse>> CreateAsync(TestContainer container, Func<CreateContainerRequest, CreateContainerRequest>? change = null)
    {
        Accepted(await MountOverlayAsync(container));
        return await Host.CallAsync(GuestCalls.CreateContainer, change?.Invoke(container.Request) ?? container.Request);
    }

    public async Task StartContainerAsync(TestContainer container)
    {
        Accepted(await CreateAsync(container));
        Accepted(await Host.CallAsync(GuestCalls.StartContainer, new StartContainerRequest(container.Id)));
    }

    /// <summary>Starts the container, waits for its end, and returns its code and what it printed.</summary>
    public async Task<(int Code, string Output, string Error)> RunAsync(TestContainer container)
    {
        await StartContainerAsync(container);
        return await FinishAsync(container);
    }

    public async Task<(int Code, string Output, string Error)> FinishAsync(TestContainer container)
    {
        using var written = new MemoryStream();
        using var complained = new MemoryStream();
        var logs = Host.CallAsync(GuestCalls.Logs, new LogsRequest(container.Id, Follow: true), new GuestStdio(null, written, complained));
        var ended = Accepted(await Host.CallAsync(GuestCalls.WaitContainer, new WaitContainerRequest(container.Id)).WaitAsync(Patience));
        Accepted(await logs.WaitAsync(Patience));
        return (ended.ExitCode, Encoding.UTF8.GetString(written.ToArray()), Encoding.UTF8.GetString(complained.ToArray()));
    }

    /// <summary>Waits until the container has printed something.</summary>
    public async Task PrintedAsync(TestContainer container)
    {
        using var stop = new CancellationTokenSource(Patience);
        await using var waiting = new FirstWrite(stop);
        try
        {
            await Host.CallAsync(GuestCalls.Logs, new LogsRequest(container.Id, Follow: true), new GuestStdio(Output: waiting), stop.Token);
        }
        catch (OperationCanceledException)
        {
            Assert.True(waiting.Length > 0, "the container printed nothing in time");
        }
    }

    public async Task<(ExecResponse Response, string Output, string Error)> ExecAsync(TestContainer container, string[] args, string input = "")
    {
        using var written = new MemoryStream();
        using var complained = new MemoryStream();
        var stdio = new GuestStdio(new MemoryStream(Encoding.UTF8.GetBytes(input)), written, complained);
        var response = Accepted(await Host.CallAsync(GuestCalls.Exec, new ExecRequest(container.Id, args), stdio).WaitAsync(Patience));
        return (response, Encoding.UTF8.GetString(written.ToArray()), Encoding.UTF8.GetString(complained.ToArray()));
    }

    /// <summary>Sends the agent a signal and waits until it and everything in its namespaces is gone. Returns its exit code.</summary>
    public async Task<int> EndAsync(string signal)
    {
        if (!unshare.HasExited)
        {
            using var kill = Process.Start("kill", [signal, AgentId.ToString()]);
            await kill.WaitForExitAsync();
            await unshare.WaitForExitAsync().WaitAsync(Patience);
        }

        return unshare.ExitCode;
    }

    public async ValueTask DisposeAsync()
    {
        if (Host is not null) await Host.DisposeAsync();
        await EndAsync("-TERM");
        unshare.Dispose();
        await processor.DisposeAsync();
        Cove.Agent.Containers.Cgroup.Remove(Cgroup);
        folder.Delete(recursive: true);
    }

    public static T Accepted<T>(Verdict<T> verdict) => verdict.IsAccepted(out var value, out var findings)
        ? value
        : throw new Xunit.Sdk.XunitException("denied: " + string.Join("; ", findings));

    public static IReadOnlyList<Finding> Denied<T>(Verdict<T> verdict) => Assert.IsType<Verdict<T>.Rejected>(verdict).Findings;

    private string In(string name) => Path.Combine(folder.FullName, name);

    private sealed class FirstWrite(CancellationTokenSource stop) : MemoryStream
    {
        public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
        {
            await base.WriteAsync(buffer, cancellationToken);
            await stop.CancelAsync();
        }
    }
}
