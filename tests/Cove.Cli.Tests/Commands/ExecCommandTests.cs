using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using Cove.Protocol.Messages;

namespace Cove.Cli.Tests.Commands;

/// <summary><c>cove exec</c>: what reaches the guest, and what state the terminal is in afterwards. Terminals are made by script(1).</summary>
public sealed partial class ExecCommandTests : IAsyncDisposable
{
    private const int Hangup = 1, Interrupt = 2, Quit = 3, Terminate = 15;
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(3);

    private readonly Desk desk = new();
    private readonly ExecGuest guest;

    public ExecCommandTests() => guest = new ExecGuest(desk.Path("home"));

    public async ValueTask DisposeAsync()
    {
        await guest.DisposeAsync();
        desk.Dispose();
    }

    [Fact]
    public async Task Input_arrives_where_it_is_asked_for_and_the_exit_code_comes_back()
    {
        desk.Input = [.. Enumerable.Range(0, 300_000).Select(at => (byte)(at % 100))];
        var said = await desk.Cove("exec", "-i", "web", "app", "--", "read");
        Assert.Equal(ExecGuest.ExitCode, said.Exit);
        Assert.Equal(desk.Input, guest.Input.ToArray());
        Assert.False(Assert.Single(guest.Requests).Terminal);
    }

    [Fact]
    public async Task Without_it_the_input_is_empty()
    {
        desk.Input = "secret"u8.ToArray();
        Assert.Equal(ExecGuest.ExitCode, (await desk.Cove("exec", "web", "app", "--", "read")).Exit);
        Assert.Equal(0, guest.Input.Length);
    }

    [Fact]
    public async Task A_terminal_needs_one_on_standard_input_and_text()
    {
        var said = await desk.Cove("exec", "-it", "web", "app", "--", "read");
        Assert.Equal(2, said.Exit);
        Assert.Contains("needs a terminal on standard input", said.Error, StringComparison.Ordinal);
        Assert.Equal(2, (await desk.Cove("exec", "-t", "--json", "web", "app", "--", "read")).Exit);
        Assert.Empty(guest.Requests);
    }

    [Fact]
    public async Task What_is_typed_arrives_as_it_is_and_the_terminal_is_afterwards_what_it_was()
    {
        await using var terminal = new UserTerminal(desk, "exec -it web app -- read");
        await terminal.Until("size 33 101");
        Assert.False(terminal.Shows("on error"));

        // Ctrl-C, Ctrl-D, Ctrl-Z and the end of a line are the guest's.
        await terminal.Type("\x03\x04\x1a");
        await terminal.Type("ab\rq");
        await terminal.End();
        Assert.Equal("code 7", terminal.Code);
        Assert.Equal("\x03\x04\x1a" + "ab\rq", Encoding.ASCII.GetString(guest.Input.ToArray()));
        Assert.True(Assert.Single(guest.Requests).Terminal);
        Assert.Equal(terminal.Before, terminal.After);
        Assert.False(terminal.Shows("\x1b["), "cove itself writes no control sequence");
    }

    [Fact]
    public async Task The_terminal_in_the_guest_follows_the_size_of_the_users()
    {
        await using var terminal = new UserTerminal(desk, "exec -t web app -- read");
        await terminal.Until("size 33 101");
        await terminal.Grow();
        await terminal.Until("size 40 120");
        await terminal.Type("q");
        await terminal.End();
        Assert.Equal(new TerminalSize(33, 101), guest.Sizes.First());
        Assert.Equal(new TerminalSize(40, 120), guest.Sizes.Last());
        Assert.Equal("code 7", terminal.Code);
    }

    [Theory]
    [InlineData(Interrupt, 130)]
    [InlineData(Terminate, 130)]
    [InlineData(Hangup, 128 + Hangup)]
    [InlineData(Quit, 128 + Quit)]
    public async Task A_signal_ends_the_command_with_the_terminal_as_it_was(int signal, int code)
    {
        await using var terminal = new UserTerminal(desk, "exec -it web app -- read");
        await terminal.Until("size 33 101");
        Assert.Equal(0, kill(terminal.Cove, signal));
        await terminal.End();
        Assert.Equal($"code {code}", terminal.Code);
        Assert.Equal(terminal.Before, terminal.After);
        await guest.GivenUp.Task.WaitAsync(Patience, TestContext.Current.CancellationToken);
    }

    [Theory]
    [InlineData("deny", "code 3")]
    [InlineData("vanish", "code 5")]
    public async Task A_command_that_is_denied_or_whose_guest_goes_away_leaves_the_terminal_as_it_was(string command, string code)
    {
        await using var terminal = new UserTerminal(desk, $"exec -it web app -- {command}");
        await terminal.End();
        Assert.Equal(code, terminal.Code);
        Assert.Equal(terminal.Before, terminal.After);
        Assert.Equal(command == "deny", terminal.Shows("stdio-denied"));
    }

    [Theory]
    [InlineData("exec web app -- end")]
    [InlineData("exec -i web app -- end")]
    [InlineData("exec -t web app -- end")]
    public async Task A_command_that_ends_by_itself_does_not_wait_for_a_key(string words)
    {
        await using var terminal = new UserTerminal(desk, words);
        await terminal.End();
        Assert.Equal("code 7", terminal.Code);
        Assert.Equal(terminal.Before, terminal.After);
    }

    [LibraryImport("libc")]
    private static partial int kill(int process, int signal);

    /// <summary>A shell on a terminal of 33 lines that runs cove once, and says before and after it how the terminal is set.</summary>
    private sealed class UserTerminal : IAsyncDisposable
    {
        private readonly Process script;
        private readonly StringBuilder shown = new();
        private readonly Task reading;
        private readonly string grow;

        public UserTerminal(Desk desk, string words)
        {
            Assert.SkipUnless(File.Exists("/usr/bin/script"), "this host lacks script (apt-get install bsdutils)");
            grow = desk.Path("grow");
            desk.Write("user", $"""
                stty rows 33 cols 101
                echo "before $(stty -g)"
                (until test -e '{grow}'; do sleep 0.05; done; stty rows 40 cols 120 </dev/tty) &
                sh -c 'echo "cove $$"; COVE_HOME={desk.Path("home")} exec env --default-signal dotnet {Path.Combine(AppContext.BaseDirectory, "cove.dll")} {words}'
                echo "code $?"
                touch '{grow}'
                wait
                stty rows 33 cols 101
                echo "after $(stty -g)"
                """);
            script = Process.Start(new ProcessStartInfo("/usr/bin/script", ["-q", "-c", $"sh '{desk.Path("user")}'", "/dev/null"])
            {
                UseShellExecute = false,
                RedirectStandardInput = true,
                RedirectStandardOutput = true,
            })!;
            reading = ReadAsync();
        }

        public string Before => Line("before ")[7..];

        public string After => Line("after ")[6..];

        public string Code => Line("code ");

        public int Cove => int.Parse(Line("cove ")[5..], CultureInfo.InvariantCulture);

        public bool Shows(string text)
        {
            lock (shown) return shown.ToString().Contains(text, StringComparison.Ordinal);
        }

        public async Task Until(string text)
        {
            using var late = new CancellationTokenSource(Patience);
            while (!Shows(text))
            {
                Assert.False(reading.IsCompleted, $"ended without {text}: {shown}");
                await Task.Delay(20, late.Token);
            }
        }

        public async Task Type(string text)
        {
            await script.StandardInput.WriteAsync(text);
            await script.StandardInput.FlushAsync();
        }

        public Task Grow() => File.WriteAllTextAsync(grow, "");

        public async Task End()
        {
            await reading.WaitAsync(Patience);
            Assert.True(Shows("after "), shown.ToString());
        }

        public async ValueTask DisposeAsync()
        {
            script.StandardInput.Close();
            if (!script.HasExited) script.Kill(entireProcessTree: true);
            await reading;
            await script.WaitForExitAsync();
            script.Dispose();
        }

        private async Task ReadAsync()
        {
            var buffer = new char[1000];
            while (await script.StandardOutput.ReadAsync(buffer) is var read and > 0)
            {
                lock (shown) shown.Append(buffer, 0, read);
            }
        }

        private string Line(string start)
        {
            lock (shown) return shown.ToString().Split('\r', '\n').First(line => line.StartsWith(start, StringComparison.Ordinal));
        }
    }
}
