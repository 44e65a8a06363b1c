using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text;

namespace Cove.Rego.Values;

/// <summary>Writes values as JSON or as Rego terms.</summary>
internal static class ValueWriter
{
    public static void Json(StringBuilder output, RegoValue value)
    {
        switch (value)
        {
            case RegoNumber number:
                output.Append(number.Text);
                break;
            case RegoString text:
                JsonString(output, text.Text, escapeHtml: false);
                break;
            case RegoArray array:
                JsonList(output, array.Items);
                break;
            case RegoSet set:
                JsonList(output, set.Sorted);
                break;
            case RegoObject obj:
                JsonObject(output, obj);
                break;
            default:
                output.Append(Keyword(value));
                break;
        }
    }

    /// <summary>A key of a JSON object: a string as it is, any other value as its JSON text.</summary>
    public static string JsonKey(RegoValue key) => key is RegoString text ? text.Text : key.ToJson();

    public static void JsonString(StringBuilder output, string text, bool escapeHtml)
    {
        output.Append('"');
        for (var i = 0; i < text.Length; i++)
        {
            var c = text[i];
            switch (c)
            {
                case '"':
                    output.Append("\\\"");
                    break;
                case '\\':
                    output.Append("\\\\");
                    break;
                case '\n':
                    output.Append("\\n");
                    break;
                case '\r':
                    output.Append("\\r");
                    break;
                case '\t':
                    output.Append("\\t");
                    break;
                case '\b' when escapeHtml:
                    output.Append("\\b");
                    break;
                case '\f' when escapeHtml:
                    output.Append("\\f");
                    break;
                case < ' ':
                case '<' or '>' or '&' or '\u2028' or '\u2029' when escapeHtml:
                    output.Append(CultureInfo.InvariantCulture, $"\\u{(int)c:x4}");
                    break;
                default:
                    if (!char.IsLowSurrogate(c) || !ByteText.IsEscapedByte(text, i)) output.Append(c);
                    else if (escapeHtml) output.Append("\\ufffd");
                    else output.Append('\uFFFD');
                    break;
            }
        }

        output.Append('"');
    }

    public static void Rego(StringBuilder output, RegoValue value)
    {
        switch (value)
        {
            case RegoNumber number:
                output.Append(number.Text);
                break;
            case RegoString text:
                GoQuote.Append(output, text.Text);
                break;
            case RegoArray array:
                RegoList(output, array.Items, '[', ']');
                break;
            case RegoSet { Count: 0 }:
                output.Append("set()");
                break;
            case RegoSet set:
                RegoList(output, set.Sorted, '{', '}');
                break;
            case RegoObject obj:
                RegoObjectText(output, obj);
                break;
            default:
                output.Append(Keyword(value));
                break;
        }
    }

    private static string Keyword(RegoValue value) => value.Kind == RegoKind.Null ? "null" : value.IsTruthy ? "true" : "false";

    private static void JsonList(StringBuilder output, RegoValue[] items)
    {
        RuntimeHelpers.EnsureSufficientExecutionStack();
        output.Append('[');
        for (var i = 0; i < items.Length; i++)
        {
            if (i > 0) output.Append(',');
            Json(output, items[i]);
        }

        output.Append(']');
    }

    private static void JsonObject(StringBuilder output, RegoObject obj)
    {
        RuntimeHelpers.EnsureSufficientExecutionStack();
        output.Append('{');
        for (var i = 0; i < obj.Count; i++)
        {
            if (i > 0) output.Append(',');
            JsonString(output, JsonKey(obj.KeyAt(i)), escapeHtml: false);
            output.Append(':');
            Json(output, obj.ValueAt(i));
        }

        output.Append('}');
    }

    private static void RegoList(StringBuilder output, RegoValue[] items, char open, char close)
    {
        RuntimeHelpers.EnsureSufficientExecutionStack();
        output.Append(open);
        for (var i = 0; i < items.Length; i++)
        {
            if (i > 0) output.Append(", ");
            Rego(output, items[i]);
        }

        output.Append(close);
    }

    private static void RegoObjectText(StringBuilder output, RegoObject obj)
    {
        RuntimeHelpers.EnsureSufficientExecutionStack();
        output.Append('{');
        for (var i = 0; i < obj.Count; i++)
        {
            if (i > 0) output.Append(", ");
            Rego(output, obj.KeyAt(i));
            output.Append(": ");
            Rego(output, obj.ValueAt(i));
        }

        output.Append('}');
    }
}
