using System.Text;
using Cove.Rego.Values;

namespace Cove.Rego.Builtins;

/// <summary>Upper and lower case code point by code point, as Unicode's simple mappings have it; an invalid byte becomes U+FFFD when anything else changes too.</summary>
internal static class LetterCase
{
    public static string Lower(string text) => Ascii.IsValid(text) ? text.ToLowerInvariant() : Map(text, static rune => rune.Value switch
    {
        0x130 => new Rune('i'),
        _ => Rune.ToLowerInvariant(rune),
    });

    public static string Upper(string text) => Ascii.IsValid(text) ? text.ToUpperInvariant() : Map(text, static rune => rune.Value switch
    {
        0x131 => new Rune('I'),
        0x17F => new Rune('S'),
        _ => Rune.ToUpperInvariant(rune),
    });

    private static string Map(string text, Func<Rune, Rune> map)
    {
        var result = new StringBuilder(text.Length);
        for (var i = 0; i < text.Length; i++)
        {
            if (ByteText.IsEscapedByte(text, i))
            {
                result.Append('\uFFFD');
                continue;
            }

            var rune = char.IsHighSurrogate(text[i]) ? new Rune(text[i], text[++i]) : new Rune(text[i]);
            result.Append(map(rune).ToString());
        }

        return result.ToString();
    }
}
