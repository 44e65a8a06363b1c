using System.Globalization;
using System.Text;

namespace Cove.Cli.Output;

/// <summary>
/// Lines of text for a person. Whatever is written through <see cref="Line"/> loses its control characters, so that a name in a
/// template, a certificate or a log cannot drive the reader's terminal.
/// </summary>
internal sealed class Page(TextWriter writer, bool colour, int width)
{
    private const char Escape = '\e';

    public static Encoding Encoding { get; } = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false);

    /// <summary>Columns that the reader sees.</summary>
    public int Width => width;

    /// <summary>One line. Colours of this page pass; other control characters are shown as escapes.</summary>
    public void Line(string text = "")
    {
        writer.Write(Printable(text));
        writer.Write('\n');
    }

    /// <summary>A document that the user asked for, as it is.</summary>
    public void Document(string text) => writer.Write(text);

    public void Flush() => writer.Flush();

    public string Good(string text) => Coloured(text, "32");

    public string Bad(string text) => Coloured(text, "31");

    public string Strong(string text) => Coloured(text, "1");

    public string Faint(string text) => Coloured(text, "2");

    /// <summary>Text as it may be shown: control characters as <c>\u{..}</c>, except the colours made by this page.</summary>
    public string Printable(string text)
    {
        if (!text.Any(Hidden)) return text;
        var shown = new StringBuilder(text.Length + 16);
        for (var i = 0; i < text.Length; i++)
        {
            if (ColourLength(text.AsSpan(i)) is var length and > 0)
            {
                shown.Append(text, i, length);
                i += length - 1;
            }
            else if (Hidden(text[i]))
            {
                shown.Append(CultureInfo.InvariantCulture, $"\\u{{{(int)text[i]:x}}}");
            }
            else
            {
                shown.Append(text[i]);
            }
        }

        return shown.ToString();
    }

    /// <summary>Moves back to the start of a terminal's line and clears it.</summary>
    public void EraseLine() => writer.Write("\r\e[2K");

    /// <summary>Text without a line end, for the live line.</summary>
    public void Part(string text)
    {
        writer.Write(Printable(text));
        writer.Flush();
    }

    private string Coloured(string text, string code) => colour ? $"\e[{code}m{text.Replace(Escape, '?')}\e[0m" : text;

    // Control characters, and the marks that reorder text on screen (bidirectional overrides).
    private static bool Hidden(char c) => char.IsControl(c) || c is >= '\u202a' and <= '\u202e' or >= '\u2066' and <= '\u2069';

    private int ColourLength(ReadOnlySpan<char> text)
    {
        if (!colour || text[0] != Escape) return 0;
        foreach (var code in (ReadOnlySpan<string>)["\e[32m", "\e[31m", "\e[1m", "\e[2m", "\e[0m"])
            if (text.StartsWith(code, StringComparison.Ordinal)) return code.Length;
        return 0;
    }
}
