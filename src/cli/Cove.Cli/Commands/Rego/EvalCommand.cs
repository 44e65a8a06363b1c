using System.CommandLine;
using System.Text.Json;
using Cove.Rego;
using Cove.Rego.Values;

namespace Cove.Cli.Commands.Rego;

internal sealed class EvalCommand : CoveCommand
{
    private readonly Argument<string> query = new("query") { Description = "what to ask, e.g. data.policy.allow" };
    private readonly Option<string[]> data = new("--data", "-d") { HelpName = "file", Description = "modules (.rego), a folder of them, or facts (.json); may be given several times", AllowMultipleArgumentsPerToken = false };
    private readonly Option<string?> input = new("--input", "-i") { HelpName = "file", Description = "the input document (JSON); - is standard input" };
    private readonly Option<bool> v0 = new("--v0-compatible") { Description = "read modules without rego.v1 in the old version of the language" };
    private readonly Option<bool> strict = new("--strict-builtin-errors") { Description = "end when a builtin fails, instead of leaving its expression undefined" };

    public EvalCommand()
        : base("eval", "evaluate a Rego query over modules, facts and an input")
    {
        Add(query);
        foreach (var option in (Option[])[data, input, v0, strict]) Add(option);
        Details = "Prints each solution's value, one JSON document a line; nothing where the query is undefined. With --json the shape of opa eval: result, expressions, bindings.";
        Example("cove rego eval data.policy.allow -d policy.rego -i request.json", "a decision");
        Example("cove rego eval 'x = count([1, 2, 3])'", "an expression by itself");
    }

    protected internal override async Task<Answer> Run(Invocation call, CancellationToken cancellation)
    {
        var files = await RegoFiles.Read(call, call.Get(data) ?? [], cancellation);
        var given = call.Get(input) is { } path ? await RegoFiles.ReadJson(call, path, cancellation) : null;
        var policy = files.Compile(new RegoCompilerOptions { V1 = !call.Get(v0) });
        var prepared = RegoFiles.Compiling(() => policy.Prepare(call.Get(query)));
        var options = new EvaluationOptions { Time = call.Time, Cancellation = cancellation, StrictBuiltinErrors = call.Get(strict) };
        var solutions = await Task.Run(() => Evaluate(prepared, given, files.Data, options), cancellation);
        return Answer.Of(
            page =>
            {
                foreach (var solution in solutions) page.Line(Text(solution));
            },
            writer => WriteJson(writer, solutions));
    }

    private static IReadOnlyList<RegoSolution> Evaluate(RegoQuery query, RegoValue? input, RegoObject? data, EvaluationOptions options)
    {
        try
        {
            return query.Evaluate(input, data, options);
        }
        catch (RegoEvaluationException failed) when (failed.Problem == RegoEvaluationProblem.Cancelled)
        {
            throw new OperationCanceledException(failed.Message, failed, options.Cancellation);
        }
        catch (RegoEvaluationException failed)
        {
            var code = failed.Problem == RegoEvaluationProblem.Limit ? ExitCode.TimedOut : ExitCode.Malformed;
            throw new CommandFailedException(new Failure(code, "rego-evaluation-failed", failed.Message), failed);
        }
    }

    private static string Text(RegoSolution solution) => solution.Bindings.Count > 0
        ? "{" + string.Join(",", solution.Bindings.Select(b => $"\"{b.Key}\":{b.Value.ToJson()}")) + "}"
        : string.Join(" ", solution.Expressions.Select(e => e.ToJson()));

    private static void WriteJson(Utf8JsonWriter writer, IReadOnlyList<RegoSolution> solutions)
    {
        writer.WriteStartObject();
        writer.WriteStartArray("result");
        foreach (var solution in solutions)
        {
            writer.WriteStartObject();
            writer.WriteStartArray("expressions");
            foreach (var expression in solution.Expressions)
            {
                writer.WriteStartObject();
                writer.WritePropertyName("value");
                writer.WriteRawValue(expression.ToJson(), skipInputValidation: true);
                writer.WriteEndObject();
            }

            writer.WriteEndArray();
            if (solution.Bindings.Count > 0)
            {
                writer.WriteStartObject("bindings");
                foreach (var (name, value) in solution.Bindings)
                {
                    writer.WritePropertyName(name);
                    writer.WriteRawValue(value.ToJson(), skipInputValidation: true);
                }

                writer.WriteEndObject();
            }

            writer.WriteEndObject();
        }

        writer.WriteEndArray();
        writer.WriteEndObject();
    }
}
