using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Cove.Cli.Shell;
using Cove.Outcomes;

namespace Cove.Cli.Output;

/// <summary>What a command found out: text for a person, or under --json one document. Exactly one of the two is written, once.</summary>
internal sealed class Answer
{
    private static readonly JsonWriterOptions Indented = new() { Indented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, NewLine = "\n" };

    private readonly Action<Page> text;
    private readonly Action<Utf8JsonWriter>? json;

    private Answer(int exitCode, Action<Page> text, Action<Utf8JsonWriter>? json) => (ExitCode, this.text, this.json) = (exitCode, text, json);

    /// <summary>The process's exit code: one of <see cref="Shell.ExitCode"/>, or a container's own.</summary>
    public int ExitCode { get; }

    /// <summary>A record, how it reads as JSON (source-generated), and how as text.</summary>
    public static Answer Of<T>(T value, JsonTypeInfo<T> type, Action<Page, T> text, ExitCode exitCode = Shell.ExitCode.Done) =>
        new((int)exitCode, page => text(page, value), writer => JsonSerializer.Serialize(writer, value, type));

    /// <summary>Text, and the same as JSON by hand.</summary>
    public static Answer Of(Action<Page> text, Action<Utf8JsonWriter> json, int exitCode = 0) => new(exitCode, text, json);

    /// <summary>A verdict of no, told on standard output because it is what was asked for: exit 3, and under --json the error document.</summary>
    public static Answer Rejected(string answer, IReadOnlyList<Check> checks, IReadOnlyList<Finding> findings, string? next = null)
    {
        var failure = new Failure(Shell.ExitCode.Rejected, "rejected", answer, next ?? $"cove explain {findings[0].Code}", findings);
        return new(
            (int)Shell.ExitCode.Rejected,
            page => VerdictPage.WriteRejected(page, answer, checks, findings, failure.Hint!),
            writer => FailurePage.WriteJson(writer, failure));
    }

    /// <summary>The answer already went to standard output as a stream (logs, a file's bytes).</summary>
    public static Answer Streamed(int exitCode = 0) => new(exitCode, static _ => { }, json: null);

    public void Write(Page page, bool asJson)
    {
        if (asJson && json is not null) page.Document(Render(json));
        else text(page);
    }

    /// <summary>One JSON document, indented, with its line end.</summary>
    public static string Render(Action<Utf8JsonWriter> json)
    {
        using var bytes = new MemoryStream();
        using (var writer = new Utf8JsonWriter(bytes, Indented)) json(writer);
        return Encoding.UTF8.GetString(bytes.GetBuffer(), 0, (int)bytes.Length) + "\n";
    }
}
