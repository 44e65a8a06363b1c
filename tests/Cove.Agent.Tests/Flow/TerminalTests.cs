using System.Text;
using System.Threading.Channels;
using Cove.Agent.Tests.Support;
using Cove.Outcomes;
using Cove.Protocol.Client;
using Cove.Protocol.Messages;

namespace Cove.Agent.Tests.Flow;

/// <summary>The input of a container's first process, and terminals.</summary>
public sealed class TerminalTests
{
    private static readonly string[] Look = ["/bin/sh", "-c", "until test \"$(stty size)\" = '33 101'; do sleep 0.1; done; tty; echo oops >&2; read line; echo got $line; exit 5"];
    private static readonly TestContainer Sleeper = new("app", "/bin/sleep", "600") { Execs = [Look] };

    [Fact]
    public async Task A_first_process_reads_its_input_to_the_end()
    {
        var app = new TestContainer("app", "/bin/sh", "-c", "cat; echo end; exit 3");
        await using var agent = await AgentUnderTest.OpenAsync(app);
        await StartAsync(agent, app, request => request with { Input = true });
        var sent = string.Concat(Enumerable.Repeat("0123456789abcde\n", 40_000));
        AgentUnderTest.Accepted(await agent.Host.CallAsync(GuestCalls.Attach, new AttachRequest(app.Id), new GuestStdio(Text(sent))));
        var (code, output, _) = await agent.FinishAsync(app);
        Assert.Equal((3, sent + "end\n"), (code, output));
    }

    [Fact]
    public async Task Input_goes_to_one_caller_to_containers_that_asked_for_it_and_to_none_whose_streams_stay_inside()
    {
        var (app, deaf, closed) = (new TestContainer("app", "/bin/cat"), new TestContainer("deaf", "/bin/sleep", "600"), new TestContainer("closed", "/bin/sh", "-c", "cat; sleep 600") { Stdio = false });
        await using var agent = await AgentUnderTest.OpenAsync(app, deaf, closed);
        await StartAsync(agent, app, request => request with { Input = true });
        await StartAsync(agent, deaf, request => request);
        await StartAsync(agent, closed, request => request with { Input = true });

        var missing = await Assert.ThrowsAsync<GuestFailedException>(() => agent.Host.CallAsync(GuestCalls.Attach, new AttachRequest(deaf.Id), new GuestStdio()));
        Assert.Equal("input-missing", missing.Code);
        Assert.Equal("stdio-denied", AgentUnderTest.Denied(await agent.Host.CallAsync(GuestCalls.Attach, new AttachRequest(closed.Id), new GuestStdio()))[0].Code);

        var typed = new System.IO.Pipelines.Pipe();
        await using var typing = typed.Reader.AsStream();
        var first = agent.Host.CallAsync(GuestCalls.Attach, new AttachRequest(app.Id), new GuestStdio(typing));
        await typed.Writer.WriteAsync("heard\n"u8.ToArray(), TestContext.Current.CancellationToken);
        await agent.PrintedAsync(app);
        var taken = await Assert.ThrowsAsync<GuestFailedException>(() => agent.Host.CallAsync(GuestCalls.Attach, new AttachRequest(app.Id), new GuestStdio()));
        Assert.Equal("input-taken", taken.Code);

        // The call that has the input ends with the container.
        AgentUnderTest.Accepted(await agent.Host.CallAsync(GuestCalls.ShutdownContainer, new ShutdownContainerRequest(app.Id, Forced: true, GraceSeconds: 0)));
        AgentUnderTest.Accepted(await first.WaitAsync(TimeSpan.FromMinutes(2), TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task A_first_process_has_a_terminal_of_the_container_in_the_size_that_the_host_gives()
    {
        var app = new TestContainer("app", Look);
        await using var agent = await AgentUnderTest.OpenAsync(app);
        await StartAsync(agent, app, request => request with { Terminal = true });
        var attached = agent.Host.CallAsync(GuestCalls.Attach, new AttachRequest(app.Id), new GuestStdio(Text("word\n"), Sizes: Sizes(new TerminalSize(10, 20), new TerminalSize(33, 101))));
        var (code, output, error) = await agent.FinishAsync(app);
        AgentUnderTest.Accepted(await attached);
        Assert.Equal((5, ""), (code, error));
        Assert.Contains("/dev/pts/0\r\noops\r\n", output, StringComparison.Ordinal);
        Assert.EndsWith("got word\r\n", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_listed_exec_has_a_terminal_in_the_size_that_the_host_gives()
    {
        await using var agent = await AgentUnderTest.OpenAsync(Sleeper);
        await agent.StartContainerAsync(Sleeper);
        using var output = new MemoryStream();
        using var error = new MemoryStream();
        var stdio = new GuestStdio(Text("word\n"), output, error, Sizes: Sizes(new TerminalSize(33, 101)));
        var ended = AgentUnderTest.Accepted(await agent.Host.CallAsync(GuestCalls.Exec, new ExecRequest(Sleeper.Id, Look, Terminal: true), stdio).WaitAsync(TimeSpan.FromMinutes(3), TestContext.Current.CancellationToken));
        Assert.Equal(new ExecResponse(5, true), ended);
        var said = Encoding.UTF8.GetString(output.ToArray());
        Assert.Contains("/dev/pts/0\r\noops\r\n", said, StringComparison.Ordinal);
        Assert.EndsWith("got word\r\n", said, StringComparison.Ordinal);
        Assert.Equal(0, error.Length);
    }

    [Fact]
    public async Task No_terminal_where_the_policy_keeps_streams_inside_and_the_container_can_still_be_made_without()
    {
        var app = new TestContainer("app", "/bin/sleep", "600") { Stdio = false, Execs = [["/bin/id"]] };
        await using var agent = await AgentUnderTest.OpenAsync(app);
        Assert.Equal("stdio-denied", AgentUnderTest.Denied(await agent.CreateAsync(app, request => request with { Terminal = true }))[0].Code);
        AgentUnderTest.Accepted(await agent.Host.CallAsync(GuestCalls.CreateContainer, app.Request));
        AgentUnderTest.Accepted(await agent.Host.CallAsync(GuestCalls.StartContainer, new StartContainerRequest(app.Id)));
        Assert.Equal("stdio-denied", AgentUnderTest.Denied(await agent.Host.CallAsync(GuestCalls.Exec, new ExecRequest(app.Id, ["/bin/id"], Terminal: true)))[0].Code);
        Assert.Equal(0, (await agent.ExecAsync(app, ["/bin/id"])).Response.ExitCode);
    }

    [Fact]
    public async Task A_terminal_or_an_input_is_for_one_run()
    {
        await using var agent = await AgentUnderTest.OpenAsync(Sleeper);
        AgentUnderTest.Accepted(await agent.MountOverlayAsync(Sleeper));
        foreach (var (input, terminal) in ((bool, bool)[])[(true, false), (false, true)])
        {
            var asked = Sleeper.Request with { Restart = RestartPolicy.OnFailure, Input = input, Terminal = terminal };
            await Assert.ThrowsAsync<MalformedException>(() => agent.Host.CallAsync(GuestCalls.CreateContainer, asked));
        }
    }

    private static MemoryStream Text(string text) => new(Encoding.UTF8.GetBytes(text));

    private static ChannelReader<TerminalSize> Sizes(params TerminalSize[] sizes)
    {
        var channel = Channel.CreateUnbounded<TerminalSize>();
        foreach (var size in sizes) channel.Writer.TryWrite(size);
        return channel.Reader;
    }

    private static async Task StartAsync(AgentUnderTest agent, TestContainer app, Func<CreateContainerRequest, CreateContainerRequest> change)
    {
        AgentUnderTest.Accepted(await agent.CreateAsync(app, change));
        AgentUnderTest.Accepted(await agent.Host.CallAsync(GuestCalls.StartContainer, new StartContainerRequest(app.Id)));
    }
}
