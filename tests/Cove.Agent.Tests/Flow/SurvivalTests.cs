using System.Net.Sockets;
using System.Security.Cryptography;
using Cove.Agent.Tests.Support;
using Cove.Protocol.Client;
using Cove.Protocol.Messages;

namespace Cove.Agent.Tests.Flow;

public sealed class SurvivalTests
{
    private static readonly TestContainer Sleeper = new("app", "/bin/sh", "-c", "echo started; sleep 600");

    [Fact]
    public async Task The_agent_survives_garbage_on_its_socket()
    {
        await using var agent = await AgentUnderTest.OpenAsync(Sleeper);
        for (var i = 0; i < 50; i++)
        {
            using var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
            await socket.ConnectAsync(new UnixDomainSocketEndPoint(agent.Socket));
            _ = await socket.SendAsync(RandomNumberGenerator.GetBytes(RandomNumberGenerator.GetInt32(1, 4096)));
        }

        await agent.StartContainerAsync(Sleeper);
    }

    [Fact]
    public async Task A_host_that_goes_away_leaves_containers_running_and_can_come_back()
    {
        await using var agent = await AgentUnderTest.OpenAsync(Sleeper);
        await agent.StartContainerAsync(Sleeper);
        await agent.PrintedAsync(Sleeper);
        await agent.Host.DisposeAsync();

        await using var back = await GuestClient.ConnectAsync(agent.Socket);
        var shut = await back.CallAsync(GuestCalls.ShutdownContainer, new ShutdownContainerRequest(Sleeper.Id, Forced: true));
        Assert.Equal(137, AgentUnderTest.Accepted(shut).ExitCode);
        using var output = new MemoryStream();
        AgentUnderTest.Accepted(await back.CallAsync(GuestCalls.Logs, new LogsRequest(Sleeper.Id), new GuestStdio(Output: output)));
        Assert.Equal("started\n"u8, output.ToArray());
    }

    [Fact]
    public async Task A_host_that_goes_away_during_an_exec_ends_only_the_exec()
    {
        var app = Sleeper with { Execs = [["/bin/sleep", "601"], ["/bin/true"]] };
        await using var agent = await AgentUnderTest.OpenAsync(layer => new TestPolicy(layer.Root, app) { Properties = true });
        await agent.StartContainerAsync(app);
        await using (var other = await GuestClient.ConnectAsync(agent.Socket))
        {
            _ = other.CallAsync(GuestCalls.Exec, new ExecRequest(app.Id, ["/bin/sleep", "601"])).ContinueWith(call => call.Exception, TaskScheduler.Default);
            await UntilAsync(agent, processes => processes > 1);
        }

        await UntilAsync(agent, processes => processes == 1);
        Assert.Equal(0, (await agent.ExecAsync(app, ["/bin/true"])).Response.ExitCode);
    }

    [Fact]
    public async Task Terminated_it_stops_its_containers_unmounts_and_ends_with_zero()
    {
        await using var agent = await AgentUnderTest.OpenAsync(Sleeper);
        await agent.StartContainerAsync(Sleeper);
        var loops = agent.LoopDevices();
        Assert.Equal(0, await agent.EndAsync("-TERM"));
        await FreedAsync(loops);
        Assert.False(Directory.Exists($"/sys/fs/cgroup/memory{agent.Cgroup}"), "the agent left its control group");
        NothingIsLeft(agent);
    }

    [Fact]
    public async Task Killed_it_leaves_no_process_no_mount_and_no_loop_device()
    {
        await using var agent = await AgentUnderTest.OpenAsync(Sleeper);
        await agent.StartContainerAsync(Sleeper);
        Assert.True(Using(agent.Cgroup) > 0, "the container is in the agent's control group");
        var loops = agent.LoopDevices();
        Assert.NotEqual(0, await agent.EndAsync("-9"));
        await FreedAsync(loops);
        NothingIsLeft(agent);
    }

    private static void NothingIsLeft(AgentUnderTest agent)
    {
        Assert.DoesNotContain(agent.State, File.ReadAllText("/proc/self/mountinfo"), StringComparison.Ordinal);
        Assert.Empty(Directory.EnumerateFileSystemEntries(agent.State));
        Assert.Equal(0, Using(agent.Cgroup));
    }

    /// <summary>Each device must be seen free once: another group may be given the same number right afterwards.</summary>
    private static async Task FreedAsync(IReadOnlyList<string> loops)
    {
        Assert.NotEmpty(loops);
        foreach (var loop in loops)
        {
            for (var attempt = 0; File.Exists($"/sys/block/{Path.GetFileName(loop)}/loop/backing_file"); attempt++)
            {
                Assert.True(attempt < 1000, $"{loop} is still attached");
                await Task.Delay(10);
            }
        }
    }

    private static int Using(string cgroup) => Math.Max(Count("/sys/fs/cgroup" + cgroup), Count("/sys/fs/cgroup/memory" + cgroup));

    private static int Count(string folder) => Directory.Exists(folder)
        ? Directory.EnumerateFiles(folder, "cgroup.procs", SearchOption.AllDirectories).Sum(file => File.ReadLines(file).Count())
        : 0;

    private static async Task UntilAsync(AgentUnderTest agent, Func<int, bool> reached)
    {
        for (var attempt = 0; ; attempt++)
        {
            var told = AgentUnderTest.Accepted(await agent.Host.CallAsync(GuestCalls.GetProperties, new GetPropertiesRequest()));
            if (reached(told.Containers[0].ProcessCount)) return;
            Assert.True(attempt < 200, $"{told.Containers[0].ProcessCount} processes after {attempt} looks");
            await Task.Delay(50);
        }
    }
}
