using System.CommandLine;
using System.Globalization;
using Cove.Outcomes;
using Cove.Rego;
using Cove.Rego.Conformance;
using Cove.Rego.Values;

namespace Cove.Cli.Commands.Rego;

internal sealed class BenchCommand : CoveCommand
{
    private const int MaximumFile = 64 * 1024 * 1024;
    private readonly Argument<string> what = new("what") { Description = "a query, or a program: modules, data, input, entry point and the value that is expected (.json)" };
    private readonly Option<string[]> data = new("--data", "-d", "--bundle", "-b") { HelpName = "file", Description = "for a query: modules (.rego), facts (.json, .yaml), or a folder of both; may be given several times", AllowMultipleArgumentsPerToken = false };
    private readonly Option<string?> input = new("--input", "-i") { HelpName = "file", Description = "for a query: the input document (JSON or YAML); - is standard input" };
    private readonly Option<string[]> imports = new("--import") { HelpName = "path", Description = "an import that the query may use, e.g. data.lib" };
    private readonly Option<bool> v0 = new("--v0-compatible") { Description = "read modules without rego.v1 in the old version of the language" };

    public BenchCommand()
        : base("bench", "measure how long one evaluation of a Rego query or program takes")
    {
        Add(what);
        foreach (var option in (Option[])[data, input, imports, v0]) Add(option);
        Details = "Takes about a second: the median of batches after a warm-up, with the input read and the policy prepared beforehand. What is not the name of a .json file is a query.";
        Example("cove rego bench data.policy.allow -d policy.rego -i request.json", "nanoseconds and bytes of one decision");
        Example("cove rego bench program.json --json", "of a program, and whether its value is the expected one");
    }

    protected internal override async Task<Answer> Run(Invocation call, CancellationToken cancellation)
    {
        var asked = call.Get(what);
        var result = asked.EndsWith(".json", StringComparison.Ordinal) ? await MeasureProgram(call, asked, cancellation) : await MeasureQuery(call, asked, cancellation);
        return Answer.Of(
            page =>
            {
                page.Line($"{result.Name}: {result.NanosecondsPerEvaluation.ToString("N0", CultureInfo.InvariantCulture)} ns and {result.AllocatedBytes} bytes an evaluation");
                var value = result.EqualsWant is { } equal ? $"the value is {(equal ? "" : "not ")}the expected one" : result.IsDefined ? "it is defined" : "it is undefined";
                page.Line($"prepared in {result.PrepareMilliseconds.ToString("N1", CultureInfo.InvariantCulture)} ms; {value}");
            },
            writer =>
            {
                writer.WriteStartObject();
                writer.WriteString("name", result.Name);
                writer.WriteNumber("nsPerEval", Math.Round(result.NanosecondsPerEvaluation, 1));
                writer.WriteNumber("allocatedBytes", result.AllocatedBytes);
                writer.WriteNumber("prepareMs", Math.Round(result.PrepareMilliseconds, 3));
                if (result.EqualsWant is { } equal) writer.WriteBoolean("equalsWant", equal);
                else writer.WriteBoolean("defined", result.IsDefined);
                writer.WriteEndObject();
            });
    }

    private async Task<BenchmarkResult> MeasureProgram(Invocation call, string path, CancellationToken cancellation)
    {
        if ((call.Get(data) ?? []).Length > 0 || call.Get(input) is not null) throw CommandFailedException.Usage("program-has-all", "a program brings its own modules, facts and input", "give a query instead, such as data.policy.allow");
        var text = await call.Read(path, MaximumFile, cancellation);
        return await Task.Run(() => RegoFiles.Compiling(() => Measure(path, text)), cancellation);
    }

    private async Task<BenchmarkResult> MeasureQuery(Invocation call, string query, CancellationToken cancellation)
    {
        var files = await RegoFiles.Read(call, call.Get(data) ?? [], cancellation);
        var given = call.Get(input) is { } from ? await RegoFiles.ReadDocument(call, from, cancellation) : null;
        var (options, settings) = (new RegoCompilerOptions { V1 = !call.Get(v0) }, new EvaluationOptions { Time = call.Time, Cancellation = cancellation });
        return await Task.Run(
            () => EvalCommand.Evaluate(
                () => RegoFiles.Compiling(() => BenchmarkRunner.Run(query, () => files.Compile(options).Prepare(query, call.Get(imports) ?? []), given, files.Data, settings)),
                cancellation),
            cancellation);
    }

    private static BenchmarkResult Measure(string path, byte[] text)
    {
        try
        {
            return BenchmarkRunner.Run(text);
        }
        catch (Exception bad) when (bad is RegoJsonException or FormatException)
        {
            throw new MalformedException("Rego benchmark", path, bad.Message, inner: bad);
        }
    }
}
