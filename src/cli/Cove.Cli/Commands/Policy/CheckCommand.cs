using System.CommandLine;
using Cove.Policy.Explanation;
using Cove.Policy.Simulation;

namespace Cove.Cli.Commands.Policy;

internal sealed class CheckCommand : CoveCommand
{
    private readonly Argument<string> policy = new("policy") { Description = "a policy (text or base64), or a description of groups to generate it from" };
    private readonly Argument<string> requests = new("requests") { Description = "a JSON array of {\"point\", \"input\"}; - is standard input" };
    private readonly TemplateOptions options = new();

    public CheckCommand()
        : base("check", "put requests to a policy one after another, as a guest would, and say why one is denied")
    {
        Add(policy);
        Add(requests);
        options.AddTo(this);
        Details = "The policy remembers what it allowed, as it does in a guest, so the order of the requests matters. For each denial the nearest container is named, with the first "
            + "and every other field that kept it out. Exit code 0 when everything is allowed, 3 when something is denied.";
        Example("cove policy check template.json requests.json", "what a template's policy says to these requests");
        Example("cove policy check policy.rego requests.json --json", "each answer and each finding, for a script");
    }

    protected internal override async Task<Answer> Run(Invocation call, CancellationToken cancellation)
    {
        var text = await PolicyInput.Read(call, call.Get(policy), options, cancellation);
        var asked = await call.Read(call.Get(requests), PolicySimulator.MaxBytes, cancellation);
        using var progress = call.Terminal.Progress("asking the policy");
        var answers = await Task.Run(() => PolicyCheck.Run(text, asked, cancellation), cancellation);
        var denied = answers.Count(answer => answer.Denial is not null);
        return Answer.Of(
            page =>
            {
                foreach (var answer in answers) Write(page, answer);
                page.Line(denied == 0 ? $"all {answers.Count} allowed" : $"{denied} of {answers.Count} denied");
            },
            writer =>
            {
                writer.WriteStartObject();
                writer.WriteNumber("allowed", answers.Count - denied);
                writer.WriteNumber("denied", denied);
                writer.WriteStartArray("answers");
                foreach (var answer in answers) Write(writer, answer);
                writer.WriteEndArray();
                writer.WriteEndObject();
            },
            denied == 0 ? 0 : (int)ExitCode.Rejected);
    }

    private static void Write(Page page, CheckedRequest answer)
    {
        if (answer.Denial is not { } denial)
        {
            page.Line($"{page.Good("✓")} {answer.Step}  {answer.Point}");
            return;
        }

        page.Line($"{page.Bad("✗")} {answer.Step}  {answer.Point}{(denial.PolicyError is { } error ? $": {error}" : denial.Errors.Count > 0 ? $": {string.Join("; ", denial.Errors)}" : "")}");
        VerdictPage.WriteFindings(page, denial.Findings);
        foreach (var hint in denial.Errors.Select(DenialHints.For).OfType<string>().Distinct(StringComparer.Ordinal)) page.Line($"    {hint}");
    }

    private static void Write(System.Text.Json.Utf8JsonWriter writer, CheckedRequest answer)
    {
        writer.WriteStartObject();
        writer.WriteNumber("step", answer.Step);
        writer.WriteString("point", answer.Point);
        writer.WriteBoolean("allowed", answer.Denial is null);
        if (answer.Answer is { } result)
        {
            writer.WritePropertyName("result");
            writer.WriteRawValue(result);
        }

        if (answer.Denial is { } denial)
        {
            DenialPage.WriteTexts(writer, "errors", denial.Errors);
            if (denial.PolicyError is { } error) writer.WriteString("policyError", error);
            DenialPage.WriteFindings(writer, denial.Findings);
        }

        writer.WriteEndObject();
    }
}
