using System.Globalization;
using System.Text;

namespace Cove.Rego.Values;

/// <summary>Quoted strings as Rego text shows them (rego.md §2.5): printable characters verbatim, the rest escaped.</summary>
internal static class GoQuote
{
    public static string Quote(string text)
    {
        var output = new StringBuilder(text.Length + 2);
        Append(output, text);
        return output.ToString();
    }

    public static void Append(StringBuilder output, string text, bool asciiOnly = false)
    {
        output.Append('"');
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] is >= ' ' and < '\u007f' and not ('"' or '\\'))
            {
                output.Append(text[i]);
                continue;
            }

            i += AppendEscaped(output, text, i, asciiOnly) - 1;
        }

        output.Append('"');
    }

    /// <summary>True for letters, marks, numbers, punctuation, symbols and the ASCII space.</summary>
    public static bool IsPrintable(Rune rune) => rune.Value == ' ' || Rune.GetUnicodeCategory(rune) is not (UnicodeCategory.Control
        or UnicodeCategory.Format or UnicodeCategory.Surrogate or UnicodeCategory.PrivateUse or UnicodeCategory.OtherNotAssigned
        or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator or UnicodeCategory.SpaceSeparator);

    private static int AppendEscaped(StringBuilder output, string text, int at, bool asciiOnly)
    {
        if (Short(text[at]) is { } escape)
        {
            output.Append('\\').Append(escape);
            return 1;
        }

        if (ByteText.IsEscapedByte(text, at))
        {
            output.Append(CultureInfo.InvariantCulture, $"\\x{text[at] - '\uDC00':x2}");
            return 1;
        }

        var length = ByteText.RuneLengthAt(text, at);
        var rune = length == 2 ? new Rune(text[at], text[at + 1]) : new Rune(text[at]);
        if (IsPrintable(rune) && (!asciiOnly || rune.IsAscii)) output.Append(rune.ToString());
        else if (rune.Value < ' ' || rune.Value == 0x7f) output.Append(CultureInfo.InvariantCulture, $"\\x{rune.Value:x2}");
        else if (rune.Value < 0x10000) output.Append(CultureInfo.InvariantCulture, $"\\u{rune.Value:x4}");
        else output.Append(CultureInfo.InvariantCulture, $"\\U{rune.Value:x8}");
        return length;
    }

    private static char? Short(char c) => c switch
    {
        '\a' => 'a',
        '\b' => 'b',
        '\f' => 'f',
        '\n' => 'n',
        '\r' => 'r',
        '\t' => 't',
        '\v' => 'v',
        '"' => '"',
        '\\' => '\\',
        _ => null,
    };
}
