using System.CommandLine;
using System.CommandLine.Parsing;

namespace Cove.Cli.Shell;

/// <summary>What is wrong with the words themselves, in our words and with the command that shows the right ones.</summary>
internal static class UsageErrors
{
    public static Failure? Of(ParseResult parsed)
    {
        var command = parsed.CommandResult.Command;
        var path = HelpPage.PathOf(command);
        var help = $"{path} --help";
        if (command is not CoveCommand)
        {
            if (parsed.UnmatchedTokens is not [var unknown, ..])
                return new Failure(ExitCode.Usage, "verb-missing", $"which verb? {string.Join(", ", command.Subcommands.Select(c => c.Name))}, {path}", help);
            if (unknown.StartsWith('-')) return new Failure(ExitCode.Usage, "option-unknown", $"there is no option {unknown}, {path}", help);
            var near = Nearest(unknown, command.Subcommands.Select(c => c.Name));
            return new Failure(ExitCode.Usage, "command-unknown", $"there is no command {unknown}, {path}", near is null ? help : $"{path} {near}");
        }

        if ((parsed.UnmatchedTokens.FirstOrDefault(IsOption) ?? MistakenForArgument(parsed)) is { } option)
        {
            var near = Nearest(option, command.Options.SelectMany(o => (IEnumerable<string>)[o.Name, .. o.Aliases]));
            return new Failure(ExitCode.Usage, "option-unknown", $"there is no option {option}, {path}", near is null ? help : $"did you mean {near}? {help}");
        }

        if (parsed.UnmatchedTokens is [var extra, ..])
            return new Failure(ExitCode.Usage, "argument-unexpected", $"one word too many, {extra}", help);

        if (parsed.Errors is not [var error, ..]) return null;
        return new Failure(ExitCode.Usage, "usage", Reworded(error.Message), help);
    }

    private static bool IsOption(string word) => word.Length > 1 && word[0] == '-';

    // The parser lets an unknown option be the value of an argument. Words after `--` are values whatever they look like.
    private static string? MistakenForArgument(ParseResult parsed)
    {
        if (parsed.CommandResult.Command is CoveCommand { PassesWordsThrough: true }) return null;
        var beforeDashes = parsed.Tokens.TakeWhile(t => t.Type != TokenType.DoubleDash).ToHashSet(ReferenceEqualityComparer.Instance);
        return parsed.CommandResult.Command.Arguments
            .SelectMany(a => parsed.GetResult(a)?.Tokens ?? [])
            .FirstOrDefault(t => IsOption(t.Value) && beforeDashes.Contains(t))?.Value;
    }

    // The parser's sentences begin with a capital and end with a full stop, and its lists stand on lines of their own.
    private static string Reworded(string message) =>
        message.Length == 0 ? "not understood" : char.ToLowerInvariant(message[0]) + message[1..].TrimEnd('.', '\n').Replace("\n\t", " ", StringComparison.Ordinal);

    /// <summary>The one word that was probably meant: at most two letters differ.</summary>
    private static string? Nearest(string word, IEnumerable<string> candidates) =>
        candidates.Select(c => (Word: c, Distance: Distance(word, c)))
            .Where(c => c.Distance <= Math.Min(2, word.Length / 2))
            .OrderBy(c => c.Distance)
            .Select(c => c.Word)
            .FirstOrDefault();

    // Edit distance over two rows.
    private static int Distance(string a, string b)
    {
        var previous = Enumerable.Range(0, b.Length + 1).ToArray();
        for (var i = 1; i <= a.Length; i++)
        {
            var current = new int[b.Length + 1];
            current[0] = i;
            for (var j = 1; j <= b.Length; j++)
                current[j] = Math.Min(Math.Min(current[j - 1], previous[j]) + 1, previous[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1));
            previous = current;
        }

        return previous[^1];
    }
}
