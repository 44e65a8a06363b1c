using System.CommandLine;
using System.Globalization;
using System.IO.Enumeration;

namespace Cove.Cli.Commands.Rego;

/// <summary>Options that several of the Rego commands have, with the meaning that OPA gives them.</summary>
internal static class RegoOptions
{
    /// <summary>Names that are passed over in folders.</summary>
    public static Option<string[]> Ignore() => new("--ignore") { HelpName = "pattern", Description = "pass over the files and folders of this name in folders, e.g. .git or '*_test.rego'; may be given several times", AllowMultipleArgumentsPerToken = false };

    /// <summary>How long evaluating may take.</summary>
    public static Option<TimeSpan?> Timeout() => new("--timeout") { HelpName = "time", Description = "how long evaluating may take, e.g. 500ms, 5s or 2m", CustomParser = Duration };

    /// <summary>Whether one of the names that lead to a file is to be passed over.</summary>
    public static bool IsIgnored(string relative, IReadOnlyList<string> ignored)
    {
        foreach (var name in relative.Split('/'))
            foreach (var pattern in ignored)
                if (FileSystemName.MatchesSimpleExpression(pattern, name, ignoreCase: false)) return true;
        return false;
    }

    private static TimeSpan? Duration(System.CommandLine.Parsing.ArgumentResult result)
    {
        var text = result.Tokens[0].Value;
        var unit = text.TrimStart('0', '1', '2', '3', '4', '5', '6', '7', '8', '9', '.');
        var seconds = unit switch { "ms" => 0.001, "s" => 1, "m" => 60, "h" => 3600, _ => 0.0 };
        if (seconds > 0 && double.TryParse(text.AsSpan(0, text.Length - unit.Length), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number) && number * seconds is > 0 and < 1e6)
            return TimeSpan.FromSeconds(number * seconds);
        result.AddError($"not a time, {text}: a number with ms, s, m or h");
        return null;
    }
}
