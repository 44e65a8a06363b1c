using Cove.Rego.Evaluation;
using Cove.Rego.Templates;
using Cove.Rego.Values;

namespace Cove.Rego.Builtins;

/// <summary>Renders a template in the syntax of Go's <c>text/template</c>. What has no value shows as undefined.</summary>
internal static class TemplateBuiltins
{
    public static IEnumerable<BuiltinDefinition> All =>
    [
        new("strings.render_template", "(str, object[str: any]) -> str") { Two = Render },
    ];

    private static RegoValue? Render(EvaluationContext context, RegoValue template, RegoValue data)
    {
        if (!Operands.Text(context, template, 1, out var text) || !Operands.Object(context, data, 2, out var values)) return null;
        context.CheckSize(text.Length);
        try
        {
            var rendered = new TemplateExecution(context, text, TemplateParser.Parse(text)).Run(values);
            return Operands.Result(ByteText.Normalize(rendered.Replace("<no value>", "<undefined>", StringComparison.Ordinal)));
        }
        catch (TemplateException error)
        {
            return context.Fail(error.Message);
        }
    }
}
