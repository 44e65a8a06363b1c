using Cove.Rego.Evaluation;
using Cove.Rego.Values;

namespace Cove.Rego.Builtins;

internal static partial class StringBuiltins
{
    private static RegoValue? Format(EvaluationContext context, RegoValue format, RegoValue arguments)
    {
        if (!Operands.Text(context, format, 1, out var text) || !Operands.Array(context, arguments, 2, out var items)) return null;
        return Operands.Result(ByteText.Normalize(new GoFormat(text, items, context.Limits.MaxBuiltinElements).Run()));
    }
}
