using System.Text;
using Cove.Rego.Evaluation;
using Cove.Rego.Values;

namespace Cove.Rego.Builtins;

internal static class YamlBuiltins
{
    public static IEnumerable<BuiltinDefinition> All =>
    [
        new("yaml.unmarshal", "(str) -> any") { One = Unmarshal },
        new("yaml.is_valid", "(str) -> bool") { One = static (_, a) => RegoValue.Of(a is RegoString text && IsValid(text.Text)) },
        new("yaml.marshal", "(any) -> str") { One = static (c, a) => JsonBuiltins.Whole(c, a) ? Operands.Result(Marshal(a)) : null },
    ];

    private static RegoValue? Unmarshal(EvaluationContext context, RegoValue value)
    {
        if (!Operands.Text(context, value, 1, out var text)) return null;
        try
        {
            return YamlReader.Read(text);
        }
        catch (FormatException error)
        {
            return context.Fail(error.Message);
        }
    }

    private static bool IsValid(string text)
    {
        try
        {
            YamlReader.Read(text);
            return true;
        }
        catch (FormatException)
        {
            return false;
        }
    }

    private static string Marshal(RegoValue value)
    {
        var output = new StringBuilder();
        Write(output, value, 0, inList: false);
        return output.ToString();
    }

    private static void Write(StringBuilder output, RegoValue value, int indent, bool inList)
    {
        System.Runtime.CompilerServices.RuntimeHelpers.EnsureSufficientExecutionStack();
        switch (value)
        {
            case RegoObject { Count: > 0 } obj:
                var first = true;
                foreach (var (key, item) in obj.Entries().Select(static e => (Key: ValueWriter.JsonKey(e.Key), e.Value)).OrderBy(static e => e.Key, Comparer<string>.Create(ByteText.Compare)))
                {
                    if (!first || !inList) output.Append(' ', indent);
                    first = false;
                    output.Append(Scalar(new RegoString(key))).Append(':');
                    WriteNested(output, item, item is RegoObject ? indent + 2 : indent);
                }

                break;
            case RegoArray or RegoSet when Items(value) is { Length: > 0 } items:
                for (var i = 0; i < items.Length; i++)
                {
                    if (i > 0 || !inList) output.Append(' ', indent);
                    output.Append("- ");
                    Write(output, items[i], indent + 2, inList: true);
                }

                break;
            default:
                output.Append(Scalar(value)).Append('\n');
                break;
        }
    }

    private static void WriteNested(StringBuilder output, RegoValue item, int indent)
    {
        var isOpen = item is RegoObject { Count: > 0 } || Items(item).Length > 0;
        output.Append(isOpen ? '\n' : ' ');
        Write(output, item, isOpen ? indent : 0, inList: !isOpen);
    }

    private static RegoValue[] Items(RegoValue value) => value switch
    {
        RegoArray array => array.Items,
        RegoSet set => set.Sorted,
        _ => [],
    };

    private static string Scalar(RegoValue value)
    {
        switch (value)
        {
            case RegoObject: return "{}";
            case RegoArray or RegoSet: return "[]";
            // Integers are 64 bits wide; all other numbers are written with an exponent from a million on.
            case RegoNumber number: return IsInteger(number) ? number.Text : GoFloat.Format(number.ToDouble(), 'g', -1, sharp: false, 6);
            case RegoString { Text: var text }: return Text(ByteText.Display(text));
            default: return value.ToJson();
        }
    }

    private static bool IsInteger(RegoNumber number) =>
        number.HasIntegerText && number.ToBigInteger() is { } integer && integer >= long.MinValue && integer <= ulong.MaxValue;

    private static string Text(string text)
    {
        if (text.Any(static c => c < ' ' || c is '\u0085' or '\u00a0' or '\ufeff')) return DoubleQuoted(text);
        if (text.Length == 0 || YamlReader.MeansSomethingElse(text)) return $"\"{text}\"";
        var isPlain = !char.IsWhiteSpace(text[0]) && !char.IsWhiteSpace(text[^1]) && !"-?:,[]{}#&*!|>'\"%@`".Contains(text[0], StringComparison.Ordinal)
            && !text.Contains(": ", StringComparison.Ordinal) && !text.Contains(" #", StringComparison.Ordinal) && !text.EndsWith(':');
        if (!isPlain && text[0] is '-' or '?' or ':' && text.Length > 1 && text[1] != ' ' && !text.Contains(": ", StringComparison.Ordinal))
            isPlain = text[^1] != ' ' && text[^1] != ':';
        return isPlain ? text : "'" + text.Replace("'", "''", StringComparison.Ordinal) + "'";
    }

    private static string DoubleQuoted(string text)
    {
        var output = new StringBuilder("\"");
        foreach (var c in text)
        {
            output.Append(c switch
            {
                '\n' => "\\n",
                '\t' => "\\t",
                '\r' => "\\r",
                '"' => "\\\"",
                '\\' => "\\\\",
                < ' ' => $"\\x{(int)c:X2}",
                _ => c.ToString(),
            });
        }

        return output.Append('"').ToString();
    }
}
