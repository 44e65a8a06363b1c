using Cove.Agent.Tests.Support;
using Cove.Protocol.Messages;

namespace Cove.Agent.Tests.Flow;

public sealed class ProcessTests
{
    private static readonly TestContainer Sleeper = new("app", "/bin/sleep", "600");

    [Fact]
    public async Task A_listed_exec_runs_with_streams_environment_and_exit_code()
    {
        string[] command = ["/bin/sh", "-c", "read line; echo got $line as $NAME; echo oops >&2; exit 5"];
        var app = Sleeper with { Env = ["PATH=/bin", "NAME=world"], Execs = [command] };
        await using var agent = await AgentUnderTest.OpenAsync(app);
        await agent.StartContainerAsync(app);
        var (response, output, error) = await agent.ExecAsync(app, command, "a word\n");
        Assert.Equal("got a word as world\n", output);
        Assert.Equal("oops\n", error);
        Assert.Equal(new ExecResponse(5, true), response);
    }

    [Fact]
    public async Task Much_output_of_an_exec_arrives_whole()
    {
        string[] command = ["/bin/sh", "-c", "yes 0123456789abcde | head -c 2000000"];
        var app = Sleeper with { Execs = [command] };
        await using var agent = await AgentUnderTest.OpenAsync(app);
        await agent.StartContainerAsync(app);
        Assert.Equal(2_000_000, (await agent.ExecAsync(app, command)).Output.Length);
    }

    [Fact]
    public async Task An_exec_that_the_policy_does_not_list_is_refused_and_the_finding_names_container_and_field()
    {
        var app = Sleeper with { Execs = [["/bin/id"]] };
        await using var agent = await AgentUnderTest.OpenAsync(app);
        await agent.StartContainerAsync(app);
        var findings = AgentUnderTest.Denied(await agent.Host.CallAsync(GuestCalls.Exec, new ExecRequest(app.Id, ["/bin/sh"])));
        Assert.Contains(findings, finding => finding.Field.Contains("app", StringComparison.Ordinal) && finding.Field.Contains("exec", StringComparison.Ordinal));
        Assert.Equal(0, (await agent.ExecAsync(app, ["/bin/id"])).Response.ExitCode);
    }

    [Fact]
    public async Task An_exec_of_a_program_that_is_not_there_fails_with_the_runtimes_words()
    {
        var app = Sleeper with { Execs = [["/bin/nothing"]] };
        await using var agent = await AgentUnderTest.OpenAsync(app);
        await agent.StartContainerAsync(app);
        var failed = await Assert.ThrowsAsync<GuestFailedException>(() => agent.Host.CallAsync(GuestCalls.Exec, new ExecRequest(app.Id, ["/bin/nothing"])));
        Assert.Equal("exec-failed", failed.Code);
        Assert.Contains("/bin/nothing", failed.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Output_that_the_policy_keeps_inside_does_not_leave_the_guest()
    {
        var app = new TestContainer("app", "/bin/sh", "-c", "echo inside; sleep 600") { Stdio = false, Execs = [["/bin/id"]] };
        await using var agent = await AgentUnderTest.OpenAsync(app);
        await agent.StartContainerAsync(app);
        var denied = AgentUnderTest.Denied(await agent.Host.CallAsync(GuestCalls.Logs, new LogsRequest(app.Id)));
        Assert.Equal("stdio-denied", denied[0].Code);
        var (response, output, _) = await agent.ExecAsync(app, ["/bin/id"]);
        Assert.Equal(new ExecResponse(0, false), response);
        Assert.Empty(output);
    }

    [Fact]
    public async Task Only_a_listed_signal_reaches_the_first_process()
    {
        var app = new TestContainer("app", "/bin/sh", "-c", "trap 'echo one; exit 11' USR1; echo ready; while true; do sleep 0.1; done") { Signals = [10] };
        await using var agent = await AgentUnderTest.OpenAsync(app);
        await agent.StartContainerAsync(app);
        await agent.PrintedAsync(app);
        AgentUnderTest.Denied(await agent.Host.CallAsync(GuestCalls.Signal, new SignalRequest(app.Id, 12)));
        AgentUnderTest.Accepted(await agent.Host.CallAsync(GuestCalls.Signal, new SignalRequest(app.Id, 10)));
        var (code, output, _) = await agent.FinishAsync(app);
        Assert.Equal(11, code);
        Assert.Equal("ready\none\n", output);
    }

    [Fact]
    public async Task Properties_and_stacks_are_told_only_where_the_policy_allows_it()
    {
        await using var closed = await AgentUnderTest.OpenAsync(Sleeper);
        AgentUnderTest.Denied(await closed.Host.CallAsync(GuestCalls.GetProperties, new GetPropertiesRequest()));
        AgentUnderTest.Denied(await closed.Host.CallAsync(GuestCalls.DumpStacks, new DumpStacksRequest()));

        await using var open = await AgentUnderTest.OpenAsync(layer => new TestPolicy(layer.Root, Sleeper) { Properties = true, DumpStacks = true });
        await open.StartContainerAsync(Sleeper);
        var told = AgentUnderTest.Accepted(await open.Host.CallAsync(GuestCalls.GetProperties, new GetPropertiesRequest()));
        var container = Assert.Single(told.Containers);
        Assert.Equal((Sleeper.Id, ContainerState.Running, 1), (container.ContainerId, container.State, container.ProcessCount));
        Assert.Contains("reaper", AgentUnderTest.Accepted(await open.Host.CallAsync(GuestCalls.DumpStacks, new DumpStacksRequest())).Text, StringComparison.Ordinal);
    }
}
