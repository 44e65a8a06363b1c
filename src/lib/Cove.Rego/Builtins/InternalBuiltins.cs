using System.Text;
using Cove.Rego.Evaluation;
using Cove.Rego.Values;

namespace Cove.Rego.Builtins;

/// <summary>What the compiler makes calls of, and what only exists to be rewritten.</summary>
internal static class InternalBuiltins
{
    public static IEnumerable<BuiltinDefinition> All =>
    [
        new("print", "(any...)") { IsVoid = true, Many = static (_, _) => RegoValue.True },
        new("internal.print", "(array[set])") { IsVoid = true, One = static (_, _) => RegoValue.True },
        new("internal.test_case", "(arr)") { IsVoid = true, One = static (_, _) => RegoValue.True },
        new("internal.template_string", "(arr) -> str") { One = Template },
        new("walk", "(any) -> array<arr, any>") { IsRelation = true, One = static (_, a) => RegoArray.Of(RegoArray.Empty, a) },
        new("rego.metadata.rule", "() -> any") { Zero = static _ => RegoObject.Empty },
        new("rego.metadata.chain", "() -> arr") { Zero = static _ => RegoArray.Empty },
        new("trace", "(str) -> bool") { One = static (c, a) => Operands.Text(c, a, 1, out _) ? RegoValue.True : null },
        new("opa.runtime", "() -> object[str: any]") { Zero = static c => c.Options.Runtime },
    ];

    private static RegoValue? Template(EvaluationContext context, RegoValue value)
    {
        if (!Operands.Array(context, value, 1, out var parts)) return null;
        context.CheckWhole(value);
        var text = new StringBuilder();
        foreach (var part in parts)
        {
            if (part is not RegoSet values)
            {
                Append(text, part);
                continue;
            }

            if (values.Count > 1) return EvaluationContext.FailConflict("template-strings must not produce multiple outputs");
            if (values.Count == 0) text.Append("<undefined>");
            else Append(text, values.Sorted[0]);
        }

        return Operands.Result(ByteText.Normalize(text.ToString()));
    }

    private static void Append(StringBuilder text, RegoValue value)
    {
        if (value is RegoString plain) text.Append(plain.Text);
        else ValueWriter.Rego(text, value);
    }
}
