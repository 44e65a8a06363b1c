using System.CommandLine;
using System.Globalization;
using Cove.Outcomes;
using Cove.Rego.Conformance;
using Cove.Rego.Values;

namespace Cove.Cli.Commands.Rego;

internal sealed class BenchCommand : CoveCommand
{
    private const int MaximumFile = 64 * 1024 * 1024;
    private readonly Argument<string> file = new("file") { Description = "a program: modules, data, input, entry point and the value that is expected (.json)" };

    public BenchCommand()
        : base("bench", "measure how long one evaluation of a Rego program takes")
    {
        Add(file);
        Details = "Takes about a second: the median of batches after a warm-up, with the input read and the policy prepared beforehand.";
        Example("cove rego bench program.json", "nanoseconds and bytes of one evaluation");
    }

    protected internal override async Task<Answer> Run(Invocation call, CancellationToken cancellation)
    {
        var path = call.Get(file);
        var text = await call.Read(path, MaximumFile, cancellation);
        var result = await Task.Run(() => RegoFiles.Compiling(() => Measure(path, text)), cancellation);
        return Answer.Of(
            page =>
            {
                page.Line($"{result.Name}: {result.NanosecondsPerEvaluation.ToString("N0", CultureInfo.InvariantCulture)} ns and {result.AllocatedBytes} bytes an evaluation");
                page.Line($"prepared in {result.PrepareMilliseconds.ToString("N1", CultureInfo.InvariantCulture)} ms; the value is {(result.EqualsWant ? "" : "not ")}the expected one");
            },
            writer =>
            {
                writer.WriteStartObject();
                writer.WriteString("name", result.Name);
                writer.WriteNumber("nsPerEval", Math.Round(result.NanosecondsPerEvaluation, 1));
                writer.WriteNumber("allocatedBytes", result.AllocatedBytes);
                writer.WriteNumber("prepareMs", Math.Round(result.PrepareMilliseconds, 3));
                writer.WriteBoolean("equalsWant", result.EqualsWant);
                writer.WriteEndObject();
            });
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
