using System.CommandLine;
using Cove.Policy.Explanation;

namespace Cove.Cli.Commands.Policy;

internal sealed class DiffCommand : CoveCommand
{
    private readonly Argument<string> left = new("first") { Description = "a policy (text or base64), or a template or folder to generate it from" };
    private readonly Argument<string> right = new("second") { Description = "the other one" };
    private readonly TemplateOptions options = new();

    public DiffCommand()
        : base("diff", "compare what two policies allow, field by field")
    {
        Add(left);
        Add(right);
        options.AddTo(this);
        Details = "Exit code 0 whether or not they differ; with --json the list is empty where they do not.";
        Example("cove policy diff old.rego template.json", "what changed since the policy was written");
    }

    protected internal override async Task<Answer> Run(Invocation call, CancellationToken cancellation)
    {
        var first = await PolicyInput.Read(call, call.Get(left), options, cancellation);
        var second = await PolicyInput.Read(call, call.Get(right), options, cancellation);
        var found = await Task.Run(() => PolicyDiff.Compare(PolicyExplainer.Explain(first).Document, PolicyExplainer.Explain(second).Document), cancellation);
        return Answer.Of(
            page =>
            {
                if (found.Count == 0) page.Line(first.HostDataHex == second.HostDataHex ? "the same policy" : "they allow the same, in other words: the hashes differ");
                foreach (var one in found)
                {
                    page.Line(one.Field);
                    if (one.Left is { } was) page.Line(page.Bad($"  - {was}"));
                    if (one.Right is { } becomes) page.Line(page.Good($"  + {becomes}"));
                }
            },
            writer =>
            {
                writer.WriteStartArray();
                foreach (var one in found)
                {
                    writer.WriteStartObject();
                    writer.WriteString("field", one.Field);
                    writer.WriteString("first", one.Left);
                    writer.WriteString("second", one.Right);
                    writer.WriteEndObject();
                }

                writer.WriteEndArray();
            });
    }
}
