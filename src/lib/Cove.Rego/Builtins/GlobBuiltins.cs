using Cove.Rego.Evaluation;
using Cove.Rego.Patterns;
using Cove.Rego.Values;

namespace Cove.Rego.Builtins;

internal static class GlobBuiltins
{
    public static IEnumerable<BuiltinDefinition> All =>
    [
        new("glob.match", "(str, <null, array[str]>, str) -> bool") { Many = Match },
        new("glob.quote_meta", "(str) -> str") { One = static (c, a) => Operands.Text(c, a, 1, out var x) ? Operands.Result(GlobPattern.Quote(x)) : null },
    ];

    private static RegoValue? Match(EvaluationContext context, RegoValue[] arguments)
    {
        if (!Operands.Text(context, arguments[0], 1, out var pattern)) return null;
        var delimiters = new List<string>();
        if (arguments[1] is RegoArray array)
        {
            foreach (var item in array.Items)
            {
                if (item is not RegoString { Text: var delimiter })
                    return context.FailType($"operand 2 must be array of strings but got array containing {Operands.KindName(item)}");
                if (ByteText.CountRunes(delimiter) != 1) return context.Fail($"glob.match: operand 2 must be array of single character strings");
                delimiters.Add(delimiter);
            }

            if (delimiters.Count == 0) delimiters.Add(".");
        }
        else if (arguments[1].Kind != RegoKind.Null)
        {
            return context.FailOperand(2, "one of {array, null}", Operands.KindName(arguments[1]));
        }

        if (!Operands.Text(context, arguments[2], 3, out var text)) return null;
        try
        {
            var glob = context.Program.Patterns.Get($"g{string.Concat(delimiters)}\0{pattern}", () => new GlobPattern(pattern, delimiters));
            return RegoValue.Of(glob.IsMatch(text));
        }
        catch (FormatException error)
        {
            return context.Fail(error.Message);
        }
    }
}
