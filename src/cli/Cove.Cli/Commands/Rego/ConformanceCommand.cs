using System.CommandLine;
using System.Text.Json;
using Cove.Outcomes;
using Cove.Rego.Conformance;
using Cove.Rego.Values;

namespace Cove.Cli.Commands.Rego;

internal sealed class ConformanceCommand : CoveCommand
{
    private const int MaximumFile = 64 * 1024 * 1024;
    private readonly Argument<string> folder = new("folder") { Description = "a folder of suites (.json), searched to the bottom, or one file" };

    public ConformanceCommand()
        : base("conformance", "run suites of Rego cases and say which agree")
    {
        Add(folder);
        Details = "A case agrees only when everything it states does: the result, or the error's code and message, or the set of compile errors with their places.";
        Example("cove rego conformance ../shared/vectors/rego", "how many of other people's cases the engine agrees with");
        Example("cove rego conformance suite.json --json", "each case that differs, with the reason");
    }

    protected internal override async Task<Answer> Run(Invocation call, CancellationToken cancellation)
    {
        var path = call.FullPath(call.Get(folder));
        var files = Directory.Exists(path) ? Directory.EnumerateFiles(path, "*.json", SearchOption.AllDirectories).Order(StringComparer.Ordinal).ToArray() : [path];
        var outcomes = new List<ConformanceOutcome>();
        foreach (var file in files)
        {
            var text = await call.Read(file, MaximumFile, cancellation);
            outcomes.AddRange(await Task.Run(() => Check(file, text), cancellation));
        }

        var suites = outcomes.GroupBy(o => o.Suite, StringComparer.Ordinal).OrderBy(g => g.Key, StringComparer.Ordinal).ToList();
        return Answer.Of(page => Show(page, suites), writer => Write(writer, suites));
    }

    private static IReadOnlyList<ConformanceOutcome> Check(string file, byte[] text)
    {
        try
        {
            return ConformanceRunner.Run(text);
        }
        catch (Exception bad) when (bad is RegoJsonException or FormatException)
        {
            throw new MalformedException("Rego suite", file, bad.Message, inner: bad);
        }
    }

    private static void Show(Page page, List<IGrouping<string, ConformanceOutcome>> suites)
    {
        foreach (var suite in suites) page.Line($"{suite.Key}: {suite.Count(o => o.Passed)} of {suite.Count()} cases agree");
    }

    private static void Write(Utf8JsonWriter writer, List<IGrouping<string, ConformanceOutcome>> suites)
    {
        writer.WriteStartObject();
        writer.WriteStartArray("suites");
        foreach (var suite in suites)
        {
            writer.WriteStartObject();
            writer.WriteString("suite", suite.Key);
            writer.WriteNumber("passed", suite.Count(o => o.Passed));
            writer.WriteNumber("failed", suite.Count(o => !o.Passed));
            writer.WriteNumber("skipped", 0);
            writer.WriteStartArray("failures");
            foreach (var failure in suite.Where(o => !o.Passed))
            {
                writer.WriteStartObject();
                writer.WriteString("id", failure.Id);
                writer.WriteString("note", failure.Note);
                writer.WriteString("reason", failure.Reason);
                writer.WriteEndObject();
            }

            writer.WriteEndArray();
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
        writer.WriteEndObject();
    }
}
