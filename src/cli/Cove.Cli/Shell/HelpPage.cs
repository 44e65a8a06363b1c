using System.CommandLine;
using System.Text.Json;
using Cove.Cli.Output;

namespace Cove.Cli.Shell;

/// <summary>Help in the order of the story, with examples that work as they stand. docs/cli.md is made from the same pages.</summary>
internal static class HelpPage
{
    private const int MaximumNameColumn = 34;

    public static Answer Of(Command command, int width) => Answer.Of(page => Write(page, command, width), writer => WriteJson(writer, command));

    /// <summary>How the command is called: <c>cove image hash</c>.</summary>
    public static string PathOf(Command command) =>
        command is RootCommand ? "cove" : $"{PathOf(command.Parents.OfType<Command>().First())} {command.Name}";

    public static void Write(Page page, Command command, int width)
    {
        page.Line($"{PathOf(command)}: {command.Description}");
        page.Line();
        page.Line($"usage: {Usage(command)}");
        if (command is CoveRootCommand root) WriteGroups(page, root, width);
        else if (command is NounCommand) WriteRows(page, "verbs", command.Subcommands.Select(c => (c.Name, c.Description ?? "")), width);
        if (command is CoveCommand { Details: { } details }) WriteParagraphs(page, details, width);
        WriteRows(page, "arguments", command.Arguments.Where(a => !a.Hidden).Select(a => (a.Name, a.Description ?? "")), width);
        WriteRows(page, "options", OptionsOf(command).Select(o => (Name(o), o.Description ?? "")), width);
        if (command is CoveCommand { Examples: { Count: > 0 } examples }) WriteExamples(page, examples);
        if (command is CoveRootCommand) WriteRootEnd(page);
    }

    public static string Usage(Command command)
    {
        var words = new List<string> { PathOf(command) };
        if (command is not CoveCommand) words.Add(command is RootCommand ? "<command> [options]" : "<verb> [options]");
        foreach (var argument in command.Arguments.Where(a => !a.Hidden))
        {
            var word = argument.Arity.MaximumNumberOfValues > 1 ? $"<{argument.Name}>..." : $"<{argument.Name}>";
            words.Add(argument.Arity.MinimumNumberOfValues == 0 ? $"[{word}]" : word);
        }

        if (command is CoveCommand && OptionsOf(command).Any()) words.Add("[options]");
        return string.Join(' ', words);
    }

    private static IEnumerable<Option> OptionsOf(Command command) => command.Options.Where(o => !o.Hidden);

    private static string Name(Option option)
    {
        var names = option.Aliases.Where(a => a.Length == 2).Append(option.Name).Concat(option.Aliases.Where(a => a.Length > 2));
        var value = option.ValueType == typeof(bool) || option.Arity.MaximumNumberOfValues == 0 ? "" : $" <{option.HelpName ?? option.Name.TrimStart('-')}>";
        return string.Join(", ", names) + value;
    }

    private static void WriteGroups(Page page, CoveRootCommand root, int width)
    {
        foreach (var group in root.Groups)
        {
            var rows = group.Commands.Select(c => (c.Name, c is NounCommand ? $"{c.Description}: {string.Join(", ", c.Subcommands.Select(v => v.Name))}" : c.Description ?? ""));
            WriteRows(page, group.Title, rows, width, nameColumn: 11);
        }
    }

    private static void WriteRootEnd(Page page)
    {
        page.Line();
        page.Line("begin with");
        page.Line("  cove doctor                    what this machine can do, and what it lacks");
        page.Line("  cove run samples/sealed-note   an attested group that receives a secret");
        page.Line("  cove <command> --help          what a command does, with examples");
        page.Line("  cove help exit-codes           what scripts rely on; also: environment, json");
    }

    private static void WriteRows(Page page, string title, IEnumerable<(string Name, string Meaning)> rows, int width, int? nameColumn = null)
    {
        var all = rows.ToArray();
        if (all.Length == 0) return;
        var column = nameColumn ?? Math.Min(MaximumNameColumn, all.Max(r => r.Name.Length));
        page.Line();
        page.Line(title);
        foreach (var (name, meaning) in all)
        {
            var lines = TextFlow.Wrap(meaning, Math.Max(30, width - column - 4));
            if (name.Length > column)
            {
                page.Line($"  {name}");
                foreach (var line in lines) page.Line($"  {new string(' ', column)}  {line}");
                continue;
            }

            page.Line($"  {name.PadRight(column)}  {lines[0]}");
            foreach (var line in lines.Skip(1)) page.Line($"  {new string(' ', column)}  {line}");
        }
    }

    private static void WriteParagraphs(Page page, string text, int width)
    {
        foreach (var paragraph in text.Split("\n\n"))
        {
            page.Line();
            foreach (var line in TextFlow.Wrap(paragraph, width)) page.Line(line);
        }
    }

    private static void WriteExamples(Page page, IReadOnlyList<Example> examples)
    {
        page.Line();
        page.Line("examples");
        foreach (var example in examples)
        {
            page.Line($"  {example.Line}");
            page.Line($"      {example.Meaning}");
        }
    }

    private static void WriteJson(Utf8JsonWriter writer, Command command)
    {
        writer.WriteStartObject();
        writer.WriteString("command", PathOf(command));
        writer.WriteString("summary", command.Description);
        writer.WriteString("usage", Usage(command));
        writer.WriteStartArray("commands");
        foreach (var child in command.Subcommands) writer.WriteStringValue(child.Name);
        writer.WriteEndArray();
        WriteJsonRows(writer, "arguments", command.Arguments.Where(a => !a.Hidden).Select(a => (a.Name, a.Description ?? "")));
        WriteJsonRows(writer, "options", OptionsOf(command).Select(o => (Name(o), o.Description ?? "")));
        WriteJsonRows(writer, "examples", (command as CoveCommand)?.Examples.Select(e => (e.Line, e.Meaning)) ?? []);
        writer.WriteEndObject();
    }

    private static void WriteJsonRows(Utf8JsonWriter writer, string name, IEnumerable<(string Name, string Meaning)> rows)
    {
        writer.WriteStartArray(name);
        foreach (var (word, meaning) in rows)
        {
            writer.WriteStartObject();
            writer.WriteString("name", word);
            writer.WriteString("meaning", meaning);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
    }
}
