using System.CommandLine;
using System.Text;
using Cove.Policy.Explanation;

namespace Cove.Cli.Commands.Policy;

internal sealed class WhyCommand : CoveCommand
{
    private readonly Argument<string> denial = new("denial") { Description = "a file with the message, its base64 or its JSON; - is standard input; or the text itself" };

    private readonly Option<string?> policy = new("--policy") { HelpName = "policy", Description = "the policy that denied, or a description to generate it from: compares field by field" };
    private readonly TemplateOptions options = new();

    public WhyCommand()
        : base("why", "say in words why a guest denied something, ours or Azure's")
    {
        Add(denial);
        Add(policy);
        options.AddTo(this);
        Details = "Guests answer a denial with a block of base64 between policyDecision< and >policyDecision. This finds it in whatever log it stands, and says what was asked, "
            + "which container came nearest, which fields differ, and what to do. Values of variables are never in a denial.";
        Example("cove policy why error.txt", "a message that you saved");
        Example("cove policy why error.txt --policy template.json", "and which fields of which container differ");
        Example("az container show -n app -g group | cove policy why -", "straight from Azure's answer");
    }

    protected internal override async Task<Answer> Run(Invocation call, CancellationToken cancellation)
    {
        var given = call.Get(denial);
        var isText = given.Contains("policyDecision<", StringComparison.Ordinal) || given.StartsWith('{') || (given.Length > 100 && given != "-" && !File.Exists(call.FullPath(given)));
        var message = isText ? given : Encoding.UTF8.GetString(await call.Read(given, DenialReader.MaxLength, cancellation));
        var reading = DenialReader.Read(message, call.Get(policy) is { } path ? await PolicyInput.Read(call, path, options, cancellation) : null);
        return Answer.Of(page => Write(page, reading), writer =>
        {
            writer.WriteStartObject();
            writer.WriteString("point", reading.Point);
            if (reading.ContainerId is { } id) writer.WriteString("containerId", id);
            DenialPage.WriteTexts(writer, "errors", reading.Errors);
            if (reading.PolicyError is { } error) writer.WriteString("policyError", error);
            if (reading.Reason is { } reason) writer.WriteString("reason", reason);
            DenialPage.WriteFindings(writer, reading.Findings);
            DenialPage.WriteTexts(writer, "hints", Hints(reading));
            DenialPage.WriteTexts(writer, "truncated", reading.Truncated);
            if (reading.Input is { } input)
            {
                writer.WritePropertyName("input");
                writer.WriteRawValue(input);
            }

            writer.WriteEndObject();
        });
    }

    private static void Write(Page page, DenialReading reading)
    {
        page.Line($"{page.Bad("✗ denied")}: {reading.Point ?? "a request that the message no longer holds"}{(reading.ContainerId is { } id ? $" of container {Shortened(id)}" : "")}");
        if (reading.PolicyError is { } failed) page.Line($"  the policy could not be asked: {failed}");
        if (reading.Reason is { } reason && reading.PolicyError is null) page.Line($"  {reason}");
        foreach (var error in reading.Errors) page.Line($"  {error}");
        if (reading.Findings.Count > 0)
        {
            page.Line();
            VerdictPage.WriteFindings(page, reading.Findings);
        }

        var hints = Hints(reading);
        if (hints.Count > 0) page.Line();
        foreach (var hint in hints) page.Line(hint);
        if (reading.Truncated.Count > 0) page.Line($"the guest cut {string.Join(" and ", reading.Truncated)} away: its messages have at most 3 KiB");
        page.Line($"next: {Next(reading)}");
    }

    private static IReadOnlyList<string> Hints(DenialReading reading) => [.. reading.Errors.Select(DenialHints.For).OfType<string>().Distinct(StringComparer.Ordinal)];

    private static string Next(DenialReading reading) => reading.Findings is [{ } first, ..] ? $"cove explain {first.Code}" : "cove policy explain POLICY shows what it allows";

    private static string Shortened(string id) => id.Length > 12 ? id[..12] : id;
}
