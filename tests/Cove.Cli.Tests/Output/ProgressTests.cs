using Cove.Cli.Output;

namespace Cove.Cli.Tests.Output;

public sealed class ProgressTests : IDisposable
{
    private readonly ManualTime time = new();
    private readonly StringWriter error = new();

    public void Dispose() => error.Dispose();

    private Terminal Terminal(bool live) =>
        new(TextWriter.Null, error, () => Stream.Null, () => Stream.Null, new(false, live, ColourWanted: false, 40), time);

    [Fact]
    public void Quick_work_says_nothing()
    {
        using (Terminal(live: true).Progress("hashing")) time.Pass(TimeSpan.FromMilliseconds(400));
        Assert.Empty(error.ToString());
    }

    [Fact]
    public void Slow_work_draws_one_line_on_a_terminal_and_takes_it_away()
    {
        using (var progress = Terminal(live: true).Progress("hashing", 200))
        {
            time.Pass(TimeSpan.FromMilliseconds(500));
            progress.Advance(50);
            time.Pass(TimeSpan.FromMilliseconds(120));
        }

        Assert.Equal("hashing\r\e[2Khashing, 25 %\r\e[2K", error.ToString());
    }

    [Fact]
    public void Elsewhere_a_part_of_the_work_is_said_once_and_after_half_a_minute_again()
    {
        using (var progress = Terminal(live: false).Progress("hashing"))
        {
            time.Pass(TimeSpan.FromMilliseconds(500));
            progress.Report(1_500_000);
            for (var second = 0; second < 29; second++) time.Pass(TimeSpan.FromSeconds(1));
            Assert.Equal("hashing\n", error.ToString());
            time.Pass(TimeSpan.FromSeconds(1));
            time.Pass(TimeSpan.FromSeconds(29));
        }

        Assert.Equal("hashing\nhashing, 1.50 MB, 30 s so far\n", error.ToString());
    }

    [Fact]
    public void Elsewhere_the_next_part_of_the_work_is_said_when_it_lasts()
    {
        using (var progress = Terminal(live: false).Progress("reading"))
        {
            time.Pass(TimeSpan.FromMilliseconds(500));
            progress.Next("hashing");
            time.Pass(TimeSpan.FromSeconds(1));
        }

        Assert.Equal("reading\nhashing\n", error.ToString());
    }

    [Fact]
    public void A_note_stands_above_the_live_line()
    {
        var terminal = Terminal(live: true);
        using (terminal.Progress("hashing"))
        {
            time.Pass(TimeSpan.FromMilliseconds(500));
            terminal.Note("layer 1 is known");
        }

        Assert.Equal("hashing\r\e[2Klayer 1 is known\nhashing\r\e[2K", error.ToString());
    }
}
