using System.Globalization;
using Cove.Agent.Tests.Support;
using Cove.Outcomes;
using Cove.Protocol.Messages;

namespace Cove.Agent.Tests.Flow;

/// <summary>Containers that stand still, and containers with other limits.</summary>
public sealed class PauseTests
{
    private const int Stop = 19;
    private static readonly TestContainer Sleeper = new("app", "/bin/sleep", "600") { Signals = [Stop], Execs = [["/bin/id"]] };

    [Fact]
    public async Task A_container_whose_policy_lists_the_stop_signal_is_frozen_goes_on_and_can_be_ended_while_it_stands()
    {
        await using var agent = await AgentUnderTest.OpenAsync(Sleeper);
        await agent.StartContainerAsync(Sleeper);
        AgentUnderTest.Accepted(await agent.Host.CallAsync(GuestCalls.PauseContainer, new PauseContainerRequest(Sleeper.Id)));
        Assert.True(IsFrozen(agent, Sleeper));
        Assert.Equal("container-not-running", await FailedAsync(agent.Host.CallAsync(GuestCalls.Exec, new ExecRequest(Sleeper.Id, ["/bin/id"]))));
        Assert.Equal("container-not-running", await FailedAsync(agent.Host.CallAsync(GuestCalls.PauseContainer, new PauseContainerRequest(Sleeper.Id))));

        AgentUnderTest.Accepted(await agent.Host.CallAsync(GuestCalls.ResumeContainer, new ResumeContainerRequest(Sleeper.Id)));
        Assert.False(IsFrozen(agent, Sleeper));
        Assert.Equal(0, (await agent.ExecAsync(Sleeper, ["/bin/id"])).Response.ExitCode);
        Assert.Equal("container-not-paused", await FailedAsync(agent.Host.CallAsync(GuestCalls.ResumeContainer, new ResumeContainerRequest(Sleeper.Id))));

        AgentUnderTest.Accepted(await agent.Host.CallAsync(GuestCalls.PauseContainer, new PauseContainerRequest(Sleeper.Id)));
        var ended = await agent.Host.CallAsync(GuestCalls.ShutdownContainer, new ShutdownContainerRequest(Sleeper.Id, Forced: true, GraceSeconds: 0)).WaitAsync(TimeSpan.FromMinutes(2), TestContext.Current.CancellationToken);
        Assert.Equal(128 + 9, AgentUnderTest.Accepted(ended).ExitCode);
    }

    [Fact]
    public async Task A_container_whose_policy_does_not_list_the_stop_signal_is_not_paused()
    {
        var app = Sleeper with { Signals = [15] };
        await using var agent = await AgentUnderTest.OpenAsync(app);
        await agent.StartContainerAsync(app);
        AgentUnderTest.Denied(await agent.Host.CallAsync(GuestCalls.PauseContainer, new PauseContainerRequest(app.Id)));
        Assert.False(IsFrozen(agent, app));
    }

    [Fact]
    public async Task Limits_are_changed_within_what_a_container_could_be_made_with()
    {
        await using var agent = await AgentUnderTest.OpenAsync(Sleeper);
        await agent.StartContainerAsync(Sleeper);
        AgentUnderTest.Accepted(await agent.Host.CallAsync(GuestCalls.UpdateContainer, new UpdateContainerRequest(Sleeper.Id, new ContainerResources(64 << 20, 0.5))));
        Assert.Equal((64 << 20).ToString(CultureInfo.InvariantCulture), Read(agent, Sleeper, "memory", "memory.limit_in_bytes", "memory.max"));
        Assert.StartsWith("50000", Read(agent, Sleeper, "cpu", "cpu.cfs_quota_us", "cpu.max"), StringComparison.Ordinal);
        await Assert.ThrowsAsync<MalformedException>(() => agent.Host.CallAsync(GuestCalls.UpdateContainer, new UpdateContainerRequest(Sleeper.Id, new ContainerResources(-5))));
        Assert.Equal("container-unknown", await FailedAsync(agent.Host.CallAsync(GuestCalls.UpdateContainer, new UpdateContainerRequest(new string('0', 64), new ContainerResources()))));
    }

    private static async Task<string> FailedAsync<T>(Task<Verdict<T>> call) => (await Assert.ThrowsAsync<GuestFailedException>(() => call)).Code;

    private static bool IsFrozen(AgentUnderTest agent, TestContainer app) => Read(agent, app, "freezer", "freezer.state", "cgroup.freeze") is "FROZEN" or "1";

    /// <summary>A setting of the container's control group, under version 1 or 2.</summary>
    private static string Read(AgentUnderTest agent, TestContainer app, string controller, string first, string second)
    {
        var old = $"/sys/fs/cgroup/{controller}{agent.Cgroup}/{app.Id}/{first}";
        return File.ReadAllText(File.Exists(old) ? old : $"/sys/fs/cgroup{agent.Cgroup}/{app.Id}/{second}").Trim();
    }
}
