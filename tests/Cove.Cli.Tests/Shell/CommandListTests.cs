using System.CommandLine;
using Cove.Cli.Shell;

namespace Cove.Cli.Tests.Shell;

public sealed class CommandListTests
{
    private static IEnumerable<CoveCommand> Verbs(Command command) =>
        command.Subcommands.SelectMany(c => c is CoveCommand verb ? [verb] : Verbs(c));

    public static TheoryData<string> Paths() => [.. Verbs(CoveRootCommand.Create()).Select(HelpPage.PathOf)];

    private static CoveCommand At(string path) => Verbs(CoveRootCommand.Create()).Single(v => HelpPage.PathOf(v) == path);

    [Theory]
    [MemberData(nameof(Paths))]
    public async Task A_command_shows_its_help_with_an_example_of_itself(string path)
    {
        using var desk = new Desk();
        var said = await desk.Cove([.. path.Split(' ')[1..], "--help"]);
        Assert.Equal(0, said.Exit);
        Assert.Contains($"usage: {path}", said.Out, StringComparison.Ordinal);
        Assert.NotEmpty(At(path).Examples);
        Assert.All(At(path).Examples, e => Assert.Contains(path, e.Line, StringComparison.Ordinal));
    }

    [Theory]
    [MemberData(nameof(Paths))]
    public void A_summary_and_every_meaning_are_lower_case_without_a_full_stop(string path)
    {
        var command = At(path);
        IEnumerable<string?> texts = [command.Description, .. command.Options.Select(o => o.Description), .. command.Arguments.Select(a => a.Description)];
        Assert.All(texts, text =>
        {
            Assert.False(string.IsNullOrEmpty(text), $"{path} has an option or argument without a description");
            Assert.False(text.EndsWith('.'), text);
            Assert.True(!char.IsUpper(text[0]) || char.IsUpper(text[1]), text);
        });
    }

    [Fact]
    public async Task Every_noun_without_a_verb_says_which_verbs_there_are()
    {
        foreach (var noun in CoveRootCommand.Create().Subcommands.OfType<NounCommand>())
        {
            using var desk = new Desk();
            var said = await desk.Cove(noun.Name);
            Assert.Equal(2, said.Exit);
            Assert.Contains(noun.Subcommands[0].Name, said.Error, StringComparison.Ordinal);
            Assert.Empty(said.Out);
        }
    }
}
