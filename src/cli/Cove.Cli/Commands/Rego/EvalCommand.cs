using System.CommandLine;
using Cove.Rego;
using Cove.Rego.Values;

namespace Cove.Cli.Commands.Rego;

internal sealed class EvalCommand : CoveCommand
{
    private readonly Argument<string> query = new("query") { Description = "what to ask, e.g. data.policy.allow" };
    private readonly Option<string[]> data = new("--data", "-d", "--bundle", "-b") { HelpName = "file", Description = "modules (.rego), facts (.json, .yaml), or a folder of both; may be given several times", AllowMultipleArgumentsPerToken = false };
    private readonly Option<string?> input = new("--input", "-i") { HelpName = "file", Description = "the input document (JSON or YAML); - is standard input" };
    private readonly Option<bool> inputFromStdin = new("--stdin-input", "-I") { Description = "read the input document from standard input" };
    private readonly Option<string[]> imports = new("--import") { HelpName = "path", Description = "an import that the query may use, e.g. data.lib" };
    private readonly Option<string?> format = new("--format", "-f") { HelpName = "form", Description = "json, pretty, values, bindings, raw or discard; without it, a line a solution" };
    private readonly Option<bool> fail = new("--fail") { Description = "exit with 3 where the query is undefined" };
    private readonly Option<bool> failDefined = new("--fail-defined") { Description = "exit with 3 where the query is defined" };
    private readonly Option<bool> explain = new("--explain") { Description = "say which expression of which rule failed, on standard error" };
    private readonly Option<bool> coverage = new("--coverage") { Description = "print the solutions and which rows of the modules were touched, as one JSON document" };
    private readonly Option<TimeSpan?> timeout = RegoOptions.Timeout();
    private readonly Option<string[]> ignore = RegoOptions.Ignore();
    private readonly Option<string[]> allowNet = new("--allow-net") { HelpName = "host", Description = "let policies ask this host (http.send, net.lookup_ip_addr, schemas); may be given several times", AllowMultipleArgumentsPerToken = false };
    private readonly Option<bool> allowRedirects = new("--allow-redirects") { Description = "let a request ask to be redirected, to hosts of --allow-net" };
    private readonly Option<bool> v0 = new("--v0-compatible") { Description = "read modules without rego.v1 in the old version of the language" };
    private readonly Option<bool> strict = new("--strict", "-S") { Description = "also refuse modules in which something is unused or out of date" };
    private readonly Option<bool> strictErrors = new("--strict-builtin-errors") { Description = "end when a builtin fails, instead of leaving its expression undefined" };

    public EvalCommand()
        : base("eval", "evaluate a Rego query over modules, facts and an input")
    {
        Add(query);
        foreach (var option in (Option[])[data, input, inputFromStdin, imports, format, fail, failDefined, explain, coverage, timeout, ignore, allowNet, allowRedirects, v0, strict, strictErrors]) Add(option);
        format.AcceptOnlyFromAmong("json", "pretty", "values", "bindings", "raw", "discard");
        Details = "Prints each solution's value, one JSON document a line; nothing where the query is undefined. --json and --format print as opa eval does. What policies print goes to standard error.";
        Example("cove rego eval data.policy.allow -d policy.rego -i request.json", "a decision");
        Example("cove rego eval data.policy.allow -d policy.rego -i request.json --explain", "and why it is so");
        Example("cove rego eval data.policy.allow -d policies/ --ignore '*_test.rego' --timeout 2s --coverage", "and what it touched, of a folder");
        Example("cove rego eval data.policy.allow -d policy.rego --allow-net keys.example.org", "with a policy that asks a host");
        Example("cove rego eval 'x = count([1, 2, 3])'", "an expression by itself");
    }

    protected internal override async Task<Answer> Run(Invocation call, CancellationToken cancellation)
    {
        var files = await RegoFiles.Read(call, call.Get(data) ?? [], call.Get(ignore) ?? [], cancellation);
        var from = call.Get(inputFromStdin) ? "-" : call.Get(input);
        var given = from is null ? null : await RegoFiles.ReadDocument(call, from, cancellation);
        using var network = call.Get(allowNet) is { Length: > 0 } hosts ? new RegoNetwork(hosts) { AllowRedirects = call.Get(allowRedirects) } : null;
        var capabilities = new RegoCapabilities { Network = network };
        var policy = files.Compile(new RegoCompilerOptions { V1 = !call.Get(v0), Strict = call.Get(strict), Print = true, Capabilities = capabilities });
        var covered = call.Get(coverage) ? new RegoCoverage(policy) : null;
        var prepared = RegoFiles.Compiling(() => (covered?.Traced ?? policy).Prepare(call.Get(query), call.Get(imports) ?? []));
        var options = new EvaluationOptions { Time = call.Time, Cancellation = cancellation, StrictBuiltinErrors = call.Get(strictErrors), OnPrint = call.Terminal.Note };
        if (call.Get(timeout) is { } most) options = options with { Limits = options.Limits with { MaxDuration = most } };
        var solutions = await Task.Run(() => Evaluate(() => prepared.Evaluate(given, files.Data, options), cancellation), cancellation);
        if (call.Get(explain)) Explain(call, policy, given, files.Data, options with { OnPrint = null });
        var isDefined = solutions.Count > 0;
        var exit = (call.Get(fail) && !isDefined) || (call.Get(failDefined) && isDefined) ? (int)ExitCode.Rejected : 0;
        if (covered is not null) return SolutionPage.WithCoverage(call.Get(query), solutions, covered.Files(), exit);
        return Answer.Of(page => SolutionPage.Write(page, call.Get(format), call.Get(query), solutions), writer => SolutionPage.WriteJson(writer, call.Get(query), solutions), exit);
    }

    /// <summary>Runs a step that evaluates; what stops it is the command's failure.</summary>
    internal static T Evaluate<T>(Func<T> step, CancellationToken cancellation)
    {
        try
        {
            return step();
        }
        catch (RegoEvaluationException failed) when (failed.Problem == RegoEvaluationProblem.Cancelled)
        {
            throw new OperationCanceledException(failed.Message, failed, cancellation);
        }
        catch (RegoEvaluationException failed)
        {
            var code = failed.Problem == RegoEvaluationProblem.Limit ? ExitCode.TimedOut : ExitCode.Malformed;
            throw new CommandFailedException(new Failure(code, "rego-evaluation-failed", failed.Message), failed);
        }
    }

    private void Explain(Invocation call, CompiledPolicy policy, RegoValue? given, RegoObject? facts, EvaluationOptions options)
    {
        try
        {
            ExplanationPage.Write(call.Terminal.Note, policy.Explain(call.Get(query), given, facts, options));
        }
        catch (RegoCompileException)
        {
            throw CommandFailedException.Usage("not-explainable", "only a document such as data.policy.allow can be explained", "name the rule itself as the query");
        }
    }
}
