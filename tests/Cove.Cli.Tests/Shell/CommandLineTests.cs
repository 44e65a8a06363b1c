using Cove.Cli.Shell;

namespace Cove.Cli.Tests.Shell;

public sealed class CommandLineTests
{
    [Fact]
    public async Task A_failure_shows_where_it_happened_only_on_request()
    {
        using var desk = new Desk();
        Assert.DoesNotContain("   at ", (await desk.Cove("image", "hash", "nothing.tar")).Error, StringComparison.Ordinal);
        Assert.Contains("   at ", (await desk.Cove("image", "hash", "nothing.tar", "--debug")).Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_interrupt_ends_a_command_with_130()
    {
        using var desk = new Desk();
        desk.Write("layer.tar", new byte[1024]);
        using var interrupted = new CancellationTokenSource();
        await interrupted.CancelAsync();
        var said = await desk.Cove(interrupted.Token, "image", "hash", "layer.tar");
        Assert.Equal(((int)ExitCode.Interrupted, "", "cove: error: interrupted\n"), (said.Exit, said.Out, said.Error));
    }

    [Fact]
    public async Task Words_after_two_dashes_are_values_whatever_they_look_like()
    {
        using var desk = new Desk();
        Assert.Contains("no such file, --strange", (await desk.Cove("image", "hash", "--", "--strange")).Error, StringComparison.Ordinal);
        Assert.Contains("there is no option --strange", (await desk.Cove("image", "hash", "--strange")).Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_word_that_begins_with_an_at_sign_is_no_response_file()
    {
        using var desk = new Desk();
        desk.Write("words", "--json");
        Assert.Equal("cove: error: no such file, @words\n", (await desk.Cove("image", "hash", "@words")).Error);
    }

    [Theory]
    [InlineData("cove ima", "image")]
    [InlineData("cove image ha", "hash")]
    [InlineData("cove verify --host", "--host-data")]
    [InlineData("cove explain host-data-n", "host-data-not-accepted")]
    public async Task A_shell_is_told_how_to_go_on(string typed, string completion)
    {
        using var desk = new Desk();
        var said = await desk.Cove($"[suggest:{typed.Length}]", typed);
        Assert.Contains(completion, said.Out.Split('\n'));
    }

    [Fact]
    public async Task A_file_longer_than_the_limit_is_refused_and_not_cut()
    {
        using var desk = new Desk();
        desk.Write("token.jwt", new byte[1024 * 1024]);
        Assert.Equal(4, (await desk.Cove("token", "show", "token.jwt")).Exit);
    }
}
