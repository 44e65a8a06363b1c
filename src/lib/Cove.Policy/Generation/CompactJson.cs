using System.Globalization;
using System.Text;

namespace Cove.Policy.Generation;

/// <summary>
/// JSON in the byte form that policies are compared in (spec §6.4): members sorted by name, everything outside printable ASCII escaped,
/// compact or with an indentation of two.
/// </summary>
internal static class CompactJson
{
    /// <summary>
    /// Writes a value: null, <see cref="bool"/>, <see cref="int"/>, <see cref="long"/>, <see cref="decimal"/>, <see cref="string"/>, a list, or a
    /// dictionary.
    /// </summary>
    /// <param name="value">The value.</param>
    /// <param name="indented">Two spaces a level, or none and no spaces at all.</param>
    /// <param name="sorted">Whether members are sorted by name, or keep their order.</param>
    internal static string Write(object? value, bool indented, bool sorted = true)
    {
        var text = new StringBuilder();
        Append(text, value, indented, sorted, 0);
        return text.ToString();
    }

    private static void Append(StringBuilder text, object? value, bool indented, bool sorted, int level)
    {
        switch (value)
        {
            case null: text.Append("null"); break;
            case bool flag: text.Append(flag ? "true" : "false"); break;
            case int number: text.Append(number.ToString(CultureInfo.InvariantCulture)); break;
            case long number: text.Append(number.ToString(CultureInfo.InvariantCulture)); break;
            case decimal number: text.Append(number.ToString(CultureInfo.InvariantCulture)); break;
            case string words: AppendString(text, words); break;
            case IReadOnlyDictionary<string, object?> members:
                var ordered = sorted ? members.OrderBy(member => member.Key, StringComparer.Ordinal) : members.AsEnumerable();
                AppendAll(text, '{', '}', ordered, indented, level, member =>
                {
                    AppendString(text, member.Key);
                    text.Append(indented ? ": " : ":");
                    Append(text, member.Value, indented, sorted, level + 1);
                });
                break;
            case IEnumerable<object?> items:
                AppendAll(text, '[', ']', items, indented, level, item => Append(text, item, indented, sorted, level + 1));
                break;
            default: throw new ArgumentException($"a {value.GetType().Name} has no place in a policy", nameof(value));
        }
    }

    private static void AppendAll<T>(StringBuilder text, char open, char close, IEnumerable<T> items, bool indented, int level, Action<T> append)
    {
        text.Append(open);
        var first = true;
        foreach (var item in items)
        {
            if (!first) text.Append(',');
            if (indented) text.Append('\n').Append(' ', 2 * (level + 1));
            append(item);
            first = false;
        }

        if (indented && !first) text.Append('\n').Append(' ', 2 * level);
        text.Append(close);
    }

    private static void AppendString(StringBuilder text, string words)
    {
        text.Append('"');
        foreach (var c in words)
        {
            _ = c switch
            {
                '"' => text.Append("\\\""),
                '\\' => text.Append("\\\\"),
                '\n' => text.Append("\\n"),
                '\r' => text.Append("\\r"),
                '\t' => text.Append("\\t"),
                '\b' => text.Append("\\b"),
                '\f' => text.Append("\\f"),
                >= ' ' and <= '~' => text.Append(c),
                _ => text.Append("\\u").Append(((int)c).ToString("x4", CultureInfo.InvariantCulture)),
            };
        }

        text.Append('"');
    }
}
