using System.CommandLine;
using System.CommandLine.Completions;
using System.CommandLine.Help;
using System.Reflection;
using System.Text.Json;
using Cove.Cli.Commands;
using Cove.Cli.Output;

namespace Cove.Cli.Shell;

/// <summary>`cove` itself: the groups of commands and the options that every command has.</summary>
internal sealed class CoveRootCommand : RootCommand
{
    private CoveRootCommand(IReadOnlyList<CommandGroup> groups)
        : base("shelters containers: runs them attested and held to a policy, and releases keys only to what the policy describes")
    {
        Groups = groups;
        Help = Options.OfType<HelpOption>().Single();
        Help.Aliases.Clear();
        Help.Aliases.Add("-h");
        Help.Description = "show what a command does, with examples";
        Version = Options.OfType<VersionOption>().Single();
        Version.Description = "show the version";
        Add(Json);
        Add(Debug);
        foreach (var command in groups.SelectMany(g => g.Commands)) Add(command);
    }

    public IReadOnlyList<CommandGroup> Groups { get; }

    public Option Help { get; }

    public Option Version { get; }

    public Option<bool> Json { get; } = new("--json") { Description = "answer with one JSON document, also on failure", Recursive = true };

    public Option<bool> Debug { get; } = new("--debug") { Description = "on failure, show where in cove it happened", Recursive = true };

    public static CoveRootCommand Create() => new(CommandList.Groups());

    public static string VersionText =>
        typeof(CoveRootCommand).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion.Split('+')[0] ?? "0";

    public static void WriteVersion(Page page) => page.Line($"cove {VersionText}");

    public static void WriteVersion(Utf8JsonWriter writer)
    {
        writer.WriteStartObject();
        writer.WriteString("version", VersionText);
        writer.WriteEndObject();
    }

    /// <summary>What a shell asks for with the <c>[suggest:position]</c> directive: one completion a line.</summary>
    public Answer? Suggests(ParseResult parsed)
    {
        var directive = Directives.OfType<SuggestDirective>().Single();
        if (parsed.GetResult(directive) is not { } asked) return null;
        var position = int.TryParse(asked.Values is [var first, ..] ? first : null, out var at) ? at : (int?)null;
        // The words after the directive arrive as one: the command line as typed so far.
        var typed = Parse(parsed.UnmatchedTokens is [var line, ..] ? WithoutProgramName(line, ref position) : "");
        var words = typed.GetCompletions(position).Select(c => c.Label).Distinct(StringComparer.Ordinal).ToArray();
        return Answer.Of(
            page => Array.ForEach(words, page.Line),
            writer =>
            {
                writer.WriteStartArray();
                Array.ForEach(words, writer.WriteStringValue);
                writer.WriteEndArray();
            });
    }

    private static string WithoutProgramName(string line, ref int? position)
    {
        var space = line.IndexOf(' ', StringComparison.Ordinal);
        if (space < 0) return "";
        position -= space + 1;
        return line[(space + 1)..];
    }
}
