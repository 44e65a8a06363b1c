using Cove.Cli.Output;

namespace Cove.Cli.Tests.Output;

public sealed class PageTests
{
    private static string Write(bool colour, Action<Page> write)
    {
        using var text = new StringWriter();
        write(new Page(text, colour, 80));
        return text.ToString();
    }

    [Fact]
    public void Control_characters_of_a_value_do_not_reach_the_terminal() =>
        Assert.Equal("name\\u{1b}[2J\\u{7}\\u{202e}x\n", Write(false, page => page.Line("name\e[2J\a\u202ex")));

    [Fact]
    public void A_value_cannot_hide_behind_a_colour() =>
        Assert.Equal("\e[32m?[2Jok\e[0m \\u{1b}[2J\n", Write(true, page => page.Line(page.Good("\e[2Jok") + " \e[2J")));

    [Fact]
    public void Colours_appear_only_where_they_are_wanted()
    {
        Assert.Equal("\e[31mno\e[0m\n", Write(true, page => page.Line(page.Bad("no"))));
        Assert.Equal("no\n", Write(false, page => page.Line(page.Bad("no"))));
    }

    [Fact]
    public void A_table_lines_its_columns_up_whatever_their_colours() =>
        Assert.Equal("\e[2mname  is\e[0m\n\e[32ma\e[0m     1\nlong  2\n", Write(true, page =>
        {
            var table = new Table("name", "is");
            table.Row(page.Good("a"), "1");
            table.Row("long", "2");
            table.WriteTo(page);
        }));

    [Theory]
    [InlineData(0, "0 B")]
    [InlineData(999, "999 B")]
    [InlineData(1_000, "1.00 kB")]
    [InlineData(1_234_567, "1.23 MB")]
    [InlineData(99_960_000, "100 MB")]
    [InlineData(999_600_000, "1.00 GB")]
    public void Bytes_read_as_three_digits(long bytes, string text) => Assert.Equal(text, Quantity.Bytes(bytes));
}
