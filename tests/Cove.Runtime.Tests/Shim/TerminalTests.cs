using System.Diagnostics;
using System.Text;
using Cove.Policy.Model;
using Cove.Tests.Runtime.Shim.Support;

namespace Cove.Tests.Runtime.Shim;

/// <summary>What is typed: input of a container's first process, and terminals, as <c>ctr</c> gives them.</summary>
[Collection(ContainerdCollection.Name)]
public sealed class TerminalTests
{
    private const string Run = "run --rm --runtime io.containerd.cove.v2";
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(3);

    private static readonly string[] Look =
    [
        "/bin/sh", "-c",
        "until test \"$(stty size)\" = '33 101'; do sleep 0.1; done; tty; until test \"$(stty size)\" = '40 120'; do sleep 0.1; done; read line; echo got $line; exit 5",
    ];

    private readonly ContainerdUnderTest containerd;

    public TerminalTests(ContainerdUnderTest containerd)
    {
        ContainerdUnderTest.Require();
        this.containerd = containerd;
    }

    [Fact]
    public async Task A_first_process_reads_what_is_piped_to_it_until_its_end()
    {
        string[] copy = ["/bin/cat"];
        var policy = TestPod.Policy(containerd.Image, TestPod.Container("copies", copy));
        var sent = string.Concat(Enumerable.Repeat("0123456789abcde\n", 40_000));
        var said = await containerd.CtrWithInputAsync(sent, [.. Run.Split(' '), "--annotation", $"io.cove.policy={policy.Base64}", TestImage.Name, "copies", .. copy]);
        Assert.Equal((0, ""), (said.Code, said.Error));
        Assert.Equal(sent, said.Out);
        await containerd.AssertNothingLeftAsync();
    }

    [Fact]
    public async Task A_first_process_has_a_terminal_that_follows_the_size_of_the_callers()
    {
        var policy = TestPod.Policy(containerd.Image, TestPod.Container("looks", Look));
        var (code, said) = await OnTerminalAsync($"{Run} -t --annotation io.cove.policy={policy.Base64} {TestImage.Name} looks {Quoted(Look)}");
        Assert.True(code == 5, said);
        Assert.Contains("/dev/pts/0\n", said, StringComparison.Ordinal);
        Assert.Contains("got word\n", said, StringComparison.Ordinal);
        await containerd.AssertNothingLeftAsync();
    }

    [Fact]
    public async Task A_listed_process_has_a_terminal_and_one_that_is_not_listed_is_refused()
    {
        string[] wait = ["/bin/sleep", "600"];
        var policy = TestPod.Policy(containerd.Image, TestPod.Container("waits", wait) with { ExecProcesses = [new ExecProcess(Look, [])] });
        Assert.Equal("", (await containerd.CtrAsync(["run", "-d", "--runtime", "io.containerd.cove.v2", "--annotation", $"io.cove.policy={policy.Base64}", TestImage.Name, "waits", .. wait])).Error);
        var (code, said) = await OnTerminalAsync($"task exec -t --exec-id e1 waits {Quoted(Look)}");
        Assert.True(code == 5, said);
        Assert.Contains("/dev/pts/0\n", said, StringComparison.Ordinal);
        Assert.Contains("got word\n", said, StringComparison.Ordinal);

        var denied = await OnTerminalAsync("task exec -t --exec-id e2 waits /bin/sh");
        Assert.NotEqual(0, denied.Code);
        Assert.Contains("exec-not-listed", denied.Said, StringComparison.Ordinal);
        await EndAsync("waits");
    }

    [Fact]
    public async Task No_terminal_where_the_policy_keeps_streams_inside_and_no_input_arrives()
    {
        string[] copy = ["/bin/sh", "-c", "cat; exit 4"];
        var policy = TestPod.Policy(containerd.Image, new Cove.Policy.Generation.GeneratorOptions { ExcludeDefaultFragments = true, DisableStdio = true }, TestPod.Container("keeps", copy));
        var (code, said) = await OnTerminalAsync($"{Run} -t --annotation io.cove.policy={policy.Base64} {TestImage.Name} keeps {Quoted(copy)}");
        Assert.NotEqual(0, code);
        Assert.Contains("stdio-denied", said, StringComparison.Ordinal);

        var silent = await containerd.CtrWithInputAsync("secret\n", [.. Run.Split(' '), "--annotation", $"io.cove.policy={policy.Base64}", TestImage.Name, "keeps2", .. copy]);
        Assert.True(silent is { Code: 4, Out: "" }, silent.Error);
        await containerd.AssertNothingLeftAsync();
    }

    private static string Quoted(IEnumerable<string> words) => string.Join(' ', words.Select(word => $"'{word.Replace("'", "'\\''", StringComparison.Ordinal)}'"));

    private async Task EndAsync(string id)
    {
        Assert.Equal(0, (await containerd.CtrAsync("task", "kill", "-s", "KILL", id)).Code);
        while (!(await containerd.CtrAsync("task", "ls")).Out.Contains("STOPPED", StringComparison.Ordinal)) await Task.Delay(50, TestContext.Current.CancellationToken);
        Assert.Equal(0, (await containerd.CtrAsync("task", "delete", id)).Code);
        Assert.Equal(0, (await containerd.CtrAsync("container", "delete", id)).Code);
        await containerd.AssertNothingLeftAsync();
    }

    /// <summary>Runs <c>ctr</c> on a terminal of 33 lines, makes it one of 40 once the container tells its name, and types a word.</summary>
    private async Task<(int Code, string Said)> OnTerminalAsync(string arguments)
    {
        Assert.SkipUnless(File.Exists("/usr/bin/script"), "this host lacks script: apt-get install bsdutils");
        var grow = Path.Combine(containerd.Folder, $"grow-{Guid.NewGuid():n}");
        var typed = $"stty rows 33 cols 101; (until test -e {grow}; do sleep 0.1; done; stty rows 40 cols 120 </dev/tty) & ctr -a {containerd.Socket} {arguments}; code=$?; touch {grow}; wait; exit $code";
        var start = new ProcessStartInfo("script", ["-q", "-e", "-c", typed, "/dev/null"]) { UseShellExecute = false, RedirectStandardInput = true, RedirectStandardOutput = true };
        using var process = Process.Start(start)!;
        using var late = new CancellationTokenSource(Patience);
        var said = new StringBuilder();
        var buffer = new char[1000];
        while (await process.StandardOutput.ReadAsync(buffer, late.Token) is var read and > 0)
        {
            said.Append(buffer, 0, read);
            if (File.Exists(grow) || !said.ToString().Contains("/dev/pts/", StringComparison.Ordinal)) continue;
            await File.WriteAllTextAsync(grow, "", late.Token);
            await process.StandardInput.WriteAsync("word\n");
            await process.StandardInput.FlushAsync(late.Token);
        }

        await process.WaitForExitAsync(late.Token);

        // Each terminal on the way ends lines in its own manner.
        return (process.ExitCode, said.ToString().Replace("\r", "", StringComparison.Ordinal));
    }
}
