using System.CommandLine;
using System.Text.Json;
using Cove.Policy.Explanation;

namespace Cove.Cli.Commands.Policy;

internal sealed class ExplainCommand : CoveCommand
{
    private readonly Argument<string> policy = new("policy") { Description = "a policy (text or base64), or a template or folder to generate it from; - is standard input" };
    private readonly TemplateOptions options = new();

    public ExplainCommand()
        : base("explain", "say in words what a policy allows, and what is risky about it")
    {
        Add(policy);
        options.AddTo(this);
        Example("cove policy explain template.json", "the policy that the template yields");
        Example("cove policy explain policy.rego", "a policy that you have");
        Example("jq -r .resources[0].properties.confidentialComputeProperties.ccePolicy template.json | cove policy explain -", "the policy that a template carries");
    }

    protected internal override async Task<Answer> Run(Invocation call, CancellationToken cancellation)
    {
        var text = await PolicyInput.Read(call, call.Get(policy), options, cancellation);
        var summary = await Task.Run(() => PolicyExplainer.Explain(text), cancellation);
        return Answer.Of(page => PolicyPage.Write(page, summary), writer => WriteJson(writer, summary));
    }

    private static void WriteJson(Utf8JsonWriter writer, PolicySummary summary)
    {
        writer.WriteStartObject();
        writer.WriteString("policyHash", summary.HostData);
        writer.WriteString("apiVersion", summary.Document.ApiVersion);
        writer.WriteString("frameworkVersion", summary.Document.FrameworkVersion);
        writer.WriteBoolean("custom", summary.IsCustom);
        WriteTexts(writer, "alwaysAllowed", summary.AlwaysAllowed);
        writer.WriteStartArray("containers");
        foreach (var container in summary.Document.Containers)
        {
            writer.WriteStartObject();
            writer.WriteString("name", container.Label);
            WriteTexts(writer, "command", container.Command ?? []);
            WriteTexts(writer, "layers", container.Layers);
            WriteTexts(writer, "env", container.EnvRules.Select(PolicyPage.Rule));
            WriteTexts(writer, "mounts", container.Mounts.Select(PolicyPage.Mount));
            WriteTexts(writer, "exec", container.ExecProcesses.Select(process => string.Join(' ', process.Command)));
            writer.WriteBoolean("privileged", container.AllowElevated);
            writer.WriteBoolean("stdio", container.AllowStdioAccess);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
        writer.WriteStartArray("warnings");
        foreach (var warning in summary.Warnings)
        {
            writer.WriteStartObject();
            writer.WriteString("severity", PolicyPage.Word(warning.Severity));
            writer.WriteString("code", warning.Code);
            writer.WriteString("field", warning.Field);
            writer.WriteString("text", warning.Text);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
        writer.WriteEndObject();
    }

    private static void WriteTexts(Utf8JsonWriter writer, string name, IEnumerable<string> texts)
    {
        writer.WriteStartArray(name);
        foreach (var text in texts) writer.WriteStringValue(text);
        writer.WriteEndArray();
    }
}
