using System.CommandLine;
using Cove.Cli.Commands;
using Cove.Cli.Output;

namespace Cove.Cli.Shell;

/// <summary>From the words of a command line to an answer and an exit code. Everything that every command shares happens here, once.</summary>
internal static class CommandLine
{
    /// <summary>`@file` stays a word: a path or a value that begins with @ must not read a file.</summary>
    private static readonly ParserConfiguration Parsing = new() { ResponseFileTokenReplacer = null };

    public static async Task<int> Run(IReadOnlyList<string> words, Surroundings surroundings, CancellationToken interrupted)
    {
        var terminal = surroundings.Terminal;
        var root = CoveRootCommand.Create();
        var parsed = root.Parse(words, Parsing);
        var json = IsGiven(parsed, root.Json);
        try
        {
            var answer = await AnswerTo(parsed, root, surroundings, json, interrupted);
            answer.Write(terminal.Out, json);
            return answer.ExitCode;
        }
        catch (Exception thrown)
        {
            return Fail(thrown, terminal, json, IsGiven(parsed, root.Debug), interrupted);
        }
        finally
        {
            terminal.Out.Flush();
        }
    }

    private static async Task<Answer> AnswerTo(ParseResult parsed, CoveRootCommand root, Surroundings surroundings, bool json, CancellationToken interrupted)
    {
        var command = parsed.CommandResult.Command;
        if (IsGiven(parsed, root.Help)) return HelpPage.Of(command, surroundings.Terminal.Traits.Width);
        if (IsGiven(parsed, root.Version)) return Answer.Of(CoveRootCommand.WriteVersion, CoveRootCommand.WriteVersion);
        if (root.Suggests(parsed) is { } suggestions) return suggestions;
        if (command is CoveRootCommand && parsed.Tokens.Count == 0) return HelpPage.Of(command, surroundings.Terminal.Traits.Width);
        if (UsageErrors.Of(parsed) is { } failure) throw new CommandFailedException(failure);
        return await ((CoveCommand)command).Run(new Invocation(parsed, surroundings, json), interrupted);
    }

    // The parser makes a result for every option; only some come from words of the user.
    private static bool IsGiven(ParseResult parsed, Option option) => parsed.GetResult(option) is { Implicit: false };

    private static int Fail(Exception thrown, Terminal terminal, bool json, bool debug, CancellationToken interrupted)
    {
        var failure = Failure.From(thrown, interrupted);
        if (json) terminal.Out.Document(Answer.Render(writer => FailurePage.WriteJson(writer, failure)));
        else FailurePage.WriteText(terminal.Error, failure);
        if (debug) terminal.Error.Document(thrown + "\n");
        return (int)failure.ExitCode;
    }
}
