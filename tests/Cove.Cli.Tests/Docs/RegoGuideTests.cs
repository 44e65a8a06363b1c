namespace Cove.Cli.Tests.Docs;

/// <summary>
/// The examples of a guide, run in order at one desk: a block with a file's name behind its language is that file, a console block is commands and what
/// they print, standard error first.
/// </summary>
public sealed class RegoGuideTests
{
    [Theory]
    [InlineData("use-rego.md")]
    public async Task The_commands_of_a_guide_print_what_it_shows(string guide)
    {
        using var desk = new Desk();
        var commands = 0;
        foreach (var (language, file, content) in Blocks(await File.ReadAllLinesAsync(Repository.Path("docs", "guides", guide))))
        {
            if (file.Length > 0) desk.Write(file, content);
            if (language != "console") continue;
            foreach (var example in content.Split("$ ", StringSplitOptions.RemoveEmptyEntries))
            {
                var (command, expected) = (example[..example.IndexOf('\n', StringComparison.Ordinal)], example[(example.IndexOf('\n', StringComparison.Ordinal) + 1)..]);
                var said = await desk.Cove(command.Split(' ')[1..]);
                Assert.Equal(expected, said.Error + said.Out);
                commands++;
            }
        }

        Assert.True(commands > 2, $"only {commands} commands");
    }

    private static IEnumerable<(string Language, string File, string Content)> Blocks(string[] lines)
    {
        for (var i = 0; i < lines.Length; i++)
        {
            if (!lines[i].StartsWith("```", StringComparison.Ordinal)) continue;
            var words = lines[i][3..].Split(' ');
            var end = Array.IndexOf(lines, "```", i + 1);
            yield return (words[0], words.Length > 1 ? words[1] : "", string.Concat(lines[(i + 1)..end].Select(static l => l + "\n")));
            i = end;
        }
    }
}
