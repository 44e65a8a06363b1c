using System.CommandLine;
using System.Text;
using Cove.Cli.Output;
using Cove.Cli.Shell;

namespace Cove.Cli.Tests.Docs;

/// <summary>docs/cli.md: every command's own help page, and the transcripts that have a title.</summary>
internal static class CliManual
{
    public static string Path => Repository.Path("docs", "cli.md");

    public static string Render()
    {
        var root = CoveRootCommand.Create();
        var transcripts = Transcript.All().Where(t => t.Title is not null).ToArray();
        var text = new StringBuilder("""
            # The command line

            Made from the commands themselves by `eng/write-cli-docs`; a test fails when it is stale. Every transcript below is run by a test.


            """);
        AppendHelp(text, root);
        AppendTranscripts(text, transcripts.Where(t => OwnerOf(root, t) is null or RootCommand));
        foreach (var group in root.Groups)
        {
            text.Append("## ").Append(group.Title).Append("\n\n");
            foreach (var command in group.Commands.SelectMany(Verbs))
            {
                text.Append("### ").Append(HelpPage.PathOf(command)).Append("\n\n");
                AppendHelp(text, command);
                AppendTranscripts(text, transcripts.Where(t => OwnerOf(root, t) == command));
            }
        }

        return text.ToString().TrimEnd('\n') + "\n";
    }

    private static IEnumerable<Command> Verbs(Command command) => command is CoveCommand ? [command] : command.Subcommands.SelectMany(Verbs);

    private static Command? OwnerOf(Command root, Transcript transcript)
    {
        var at = root;
        foreach (var word in transcript.Words)
        {
            if (at.Subcommands.FirstOrDefault(c => c.Name == word) is not { } next) break;
            at = next;
        }

        return at;
    }

    private static void AppendHelp(StringBuilder text, Command command)
    {
        using var help = new StringWriter();
        HelpPage.Write(new Page(help, colour: false, TerminalTraits.DefaultWidth), command, TerminalTraits.DefaultWidth);
        text.Append("```text\n").Append(help).Append("```\n\n");
    }

    private static void AppendTranscripts(StringBuilder text, IEnumerable<Transcript> transcripts)
    {
        foreach (var transcript in transcripts)
        {
            text.Append(transcript.Title).Append(":\n\n```console\n$ ").Append(transcript.Command).Append('\n').Append(transcript.Out).Append(transcript.Error);
            if (transcript.Exit != 0) text.Append("$ echo $?\n").Append(transcript.Exit).Append('\n');
            text.Append("```\n\n");
        }
    }
}
