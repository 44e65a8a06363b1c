using Cove.Rego.Evaluation;
using Cove.Rego.Values;

namespace Cove.Rego.Builtins;

internal static class ModuleBuiltins
{
    public static IEnumerable<BuiltinDefinition> All =>
    [
        new("rego.parse_module", "(str, str) -> object[str: any]") { Two = Parse },
    ];

    private static RegoValue? Parse(EvaluationContext context, RegoValue file, RegoValue text)
    {
        if (!Operands.Text(context, file, 1, out var name) || !Operands.Text(context, text, 2, out var source)) return null;
        context.CheckSize(source.Length);
        try
        {
            return RegoModule.Parse(name, source).ToAst();
        }
        catch (RegoCompileException invalid)
        {
            return context.Fail(invalid.Message);
        }
    }
}
