using System.Globalization;
using Cove.Rego.Evaluation;
using Cove.Rego.Values;

namespace Cove.Rego.Builtins;

internal static class TypeBuiltins
{
    public static IEnumerable<BuiltinDefinition> All =>
    [
        new("is_number", "(any) -> bool") { One = static (_, a) => RegoValue.Of(a.Kind == RegoKind.Number) },
        new("is_string", "(any) -> bool") { One = static (_, a) => RegoValue.Of(a.Kind == RegoKind.String) },
        new("is_boolean", "(any) -> bool") { One = static (_, a) => RegoValue.Of(a.Kind == RegoKind.Boolean) },
        new("is_array", "(any) -> bool") { One = static (_, a) => RegoValue.Of(a.Kind == RegoKind.Array) },
        new("is_set", "(any) -> bool") { One = static (_, a) => RegoValue.Of(a.Kind == RegoKind.Set) },
        new("is_object", "(any) -> bool") { One = static (_, a) => RegoValue.Of(a.Kind == RegoKind.Object) },
        new("is_null", "(any) -> bool") { One = static (_, a) => RegoValue.Of(a.Kind == RegoKind.Null) },
        new("type_name", "(any) -> str") { One = static (_, a) => Operands.Result(Operands.KindName(a)) },
        new("to_number", "(<null, bool, num, str>) -> num") { One = ToNumber },
        Cast("cast_array", "arr", static (c, a) => a switch
        {
            RegoArray => a,
            RegoSet set => new RegoArray(set.Sorted),
            _ => c.FailOperand(1, "one of {array, set}", Operands.KindName(a)),
        }),
        Cast("cast_set", "set", static (c, a) => a switch
        {
            RegoSet => a,
            RegoArray array => RegoSet.Of(array.Items),
            _ => c.FailOperand(1, "one of {array, set}", Operands.KindName(a)),
        }),
        Cast("cast_string", "str", static (c, a) => a is RegoString ? a : c.FailOperand(1, "string", Operands.KindName(a))),
        Cast("cast_boolean", "bool", static (c, a) => a.Kind == RegoKind.Boolean ? a : c.FailOperand(1, "boolean", Operands.KindName(a))),
        Cast("cast_null", "null", static (c, a) => a.Kind == RegoKind.Null ? a : c.FailOperand(1, "null", Operands.KindName(a))),
        Cast("cast_object", "obj", static (c, a) => a is RegoObject ? a : c.FailOperand(1, "object", Operands.KindName(a))),
    ];

    private static BuiltinDefinition Cast(string name, string result, Func<EvaluationContext, RegoValue, RegoValue?> body) =>
        new(name, $"(any) -> {result}") { IsDeprecated = true, One = body };

    private static RegoValue? ToNumber(EvaluationContext context, RegoValue value)
    {
        switch (value)
        {
            case RegoNumber: return value;
            case RegoNull: return RegoNumber.FromInt64(0);
            case RegoBoolean boolean: return RegoNumber.FromInt64(boolean.Value ? 1 : 0);
            case RegoString text: return Parse(context, text.Text);
            default: return context.FailOperand(1, "one of {null, boolean, number, string}", Operands.KindName(value));
        }
    }

    private static RegoValue? Parse(EvaluationContext context, string text)
    {
        if (text.Length > 0 && (char.IsAsciiDigit(text[0]) || text[0] is '-' or '.'))
        {
            var normal = text.StartsWith('.') ? "0" + text : text.StartsWith("-.", StringComparison.Ordinal) ? "-0" + text[1..] : text;
            if (normal.EndsWith('.')) normal += "0";
            var digits = normal.TrimStart('-');
            if (digits.Length > 1 && digits[0] == '0' && char.IsAsciiDigit(digits[1]))
                normal = (normal[0] == '-' ? "-" : "") + (digits.TrimStart('0') is var rest && rest.Length > 0 && char.IsAsciiDigit(rest[0]) ? rest : "0" + rest);
            if (RegoNumber.FromText(normal) is { } number)
            {
                return double.IsInfinity(double.Parse(normal, NumberStyles.Float, CultureInfo.InvariantCulture))
                    ? context.Fail($"strconv.ParseFloat: parsing {GoQuote.Quote(text)}: value out of range")
                    : number;
            }
        }

        if (text.TrimStart('+', '-').ToUpperInvariant() is "INF" or "INFINITY" or "NAN") return context.FailOperand(1, "valid number string", "string");
        return context.Fail($"strconv.ParseFloat: parsing {GoQuote.Quote(text)}: invalid syntax");
    }
}
