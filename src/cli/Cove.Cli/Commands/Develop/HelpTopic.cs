using System.Globalization;
using System.Text.Json;
using Cove.Cli.Output;
using Cove.Cli.Shell;

namespace Cove.Cli.Commands.Develop;

/// <summary>A page about what holds for all commands.</summary>
internal sealed record HelpTopic(string Name, string Title, IReadOnlyList<(string Word, string Meaning)> Rows, string? Note = null)
{
    public static IReadOnlyList<HelpTopic> All { get; } =
    [
        new("exit-codes", "what the exit code says", [.. Enum.GetValues<ExitCode>().Select(code => (((int)code).ToString(CultureInfo.InvariantCulture), Meaning(code)))],
            "cove run passes the code of the group's own container through."),
        new("environment", "the variables that cove reads",
        [
            ("COVE_HOME", "where cove keeps its state; else $XDG_DATA_HOME/cove, else ~/.local/share/cove"),
            ("NO_COLOR", "set and not empty: no colours"),
        ]),
        new("json", "what --json prints",
        [
            ("success", "one document on standard output; its members are named in the command's help and stay"),
            ("failure", """{"error":{"code","message","hint","findings":[{"code","field","expected","actual","section"}]}}, and the exit code"""),
            ("progress", "on standard error, as without --json"),
        ]),
    ];

    public void Write(Page page)
    {
        page.Line(Title);
        page.Line();
        var column = Rows.Max(r => r.Word.Length);
        foreach (var (word, meaning) in Rows) page.Line($"  {word.PadRight(column)}  {meaning}");
        if (Note is null) return;
        page.Line();
        page.Line(Note);
    }

    public void WriteJson(Utf8JsonWriter writer)
    {
        writer.WriteStartObject();
        foreach (var (word, meaning) in Rows) writer.WriteString(word, meaning);
        writer.WriteEndObject();
    }

    private static string Meaning(ExitCode code) => code switch
    {
        ExitCode.Done => "done, or accepted",
        ExitCode.Bug => "a defect in cove itself; --debug shows where",
        ExitCode.Usage => "the command line, or a file that it names, is not right",
        ExitCode.Rejected => "the answer is no: evidence, policy or a relying party rejected; the findings say why",
        ExitCode.Malformed => "input that cannot be what it claims to be; the message names field and offset",
        ExitCode.Unavailable => "something outside did not answer; trying again is safe",
        ExitCode.NotPermitted => "the host or a service does not permit this user to do it",
        ExitCode.TimedOut => "it took longer than allowed",
        ExitCode.Interrupted => "interrupted by Ctrl-C",
        _ => throw new ArgumentOutOfRangeException(nameof(code), code, "an exit code without a meaning"),
    };
}
