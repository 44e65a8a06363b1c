using System.Text;

namespace Cove.Rego.Values;

/// <summary>
/// Rego strings are byte strings. They are kept as UTF-16, and a byte that is not part of valid UTF-8 is kept as the unpaired low surrogate
/// U+DC00 + byte, which valid text never contains. So every byte string has exactly one form and text needs no copy.
/// </summary>
internal static class ByteText
{
    private const char EscapeBase = '\uDC00';

    public static bool IsEscapedByte(string text, int at) =>
        char.IsLowSurrogate(text[at]) && (at == 0 || !char.IsHighSurrogate(text[at - 1]));

    /// <summary>True when the text holds no surrogate at all, so that a character is a code point.</summary>
    public static bool IsPlain(ReadOnlySpan<char> text) => !text.ContainsAnyInRange('\uD800', '\uDFFF');

    public static bool IsAscii(string text) => Ascii.IsValid(text);

    /// <summary>Replaces unpaired surrogates by U+FFFD: text from outside.</summary>
    public static string Sanitize(string text)
    {
        if (IsPlain(text)) return text;
        var builder = new StringBuilder(text.Length);
        foreach (var rune in text.EnumerateRunes()) builder.Append(rune.ToString());
        return builder.ToString();
    }

    public static string FromBytes(ReadOnlySpan<byte> bytes)
    {
        if (System.Text.Unicode.Utf8.IsValid(bytes)) return Encoding.UTF8.GetString(bytes);
        var builder = new StringBuilder(bytes.Length);
        while (bytes.Length > 0)
        {
            if (Rune.DecodeFromUtf8(bytes, out var rune, out var consumed) == System.Buffers.OperationStatus.Done)
            {
                builder.Append(rune.ToString());
                bytes = bytes[consumed..];
            }
            else
            {
                builder.Append((char)(EscapeBase + bytes[0]));
                bytes = bytes[1..];
            }
        }

        return builder.ToString();
    }

    public static byte[] ToBytes(string text)
    {
        if (IsPlain(text)) return Encoding.UTF8.GetBytes(text);
        var bytes = new List<byte>(text.Length + 16);
        Span<byte> buffer = stackalloc byte[4];
        for (var i = 0; i < text.Length; i++)
        {
            if (IsEscapedByte(text, i))
            {
                bytes.Add((byte)(text[i] - EscapeBase));
                continue;
            }

            Rune rune;
            if (char.IsHighSurrogate(text[i]) && i + 1 < text.Length && char.IsLowSurrogate(text[i + 1])) rune = new Rune(text[i], text[++i]);
            else if (!Rune.TryCreate(text[i], out rune)) rune = Rune.ReplacementChar;
            var length = rune.EncodeToUtf8(buffer);
            foreach (var b in buffer[..length]) bytes.Add(b);
        }

        return [.. bytes];
    }

    /// <summary>Joins two texts; escaped bytes that meet and form valid UTF-8 become text again.</summary>
    public static string Normalize(string text)
    {
        if (IsPlain(text)) return text;
        for (var i = 0; i < text.Length; i++)
            if (IsEscapedByte(text, i)) return FromBytes(ToBytes(text));
        return text;
    }

    /// <summary>The text with every invalid byte replaced by U+FFFD, as JSON output shows it.</summary>
    public static string Display(string text)
    {
        if (IsPlain(text)) return text;
        var builder = new StringBuilder(text.Length);
        for (var i = 0; i < text.Length; i++) builder.Append(IsEscapedByte(text, i) ? '\uFFFD' : text[i]);
        return builder.ToString();
    }

    /// <summary>How many code points; an invalid byte counts as one.</summary>
    public static int CountRunes(string text)
    {
        var count = text.Length;
        if (IsPlain(text)) return count;
        for (var i = 1; i < text.Length; i++)
            if (char.IsLowSurrogate(text[i]) && char.IsHighSurrogate(text[i - 1])) count--;
        return count;
    }

    /// <summary>The length in UTF-16 of the code point (or invalid byte) at a position.</summary>
    public static int RuneLengthAt(string text, int at) =>
        char.IsHighSurrogate(text[at]) && at + 1 < text.Length && char.IsLowSurrogate(text[at + 1]) ? 2 : 1;

    /// <summary>Compares as bytes, which for valid UTF-8 is the order of code points.</summary>
    public static int Compare(string a, string b)
    {
        var length = Math.Min(a.Length, b.Length);
        var at = a.AsSpan().CommonPrefixLength(b);
        if (at == length) return a.Length.CompareTo(b.Length);
        if (!char.IsSurrogate(a[at]) && !char.IsSurrogate(b[at])) return a[at].CompareTo(b[at]);
        return ToBytes(a).AsSpan().SequenceCompareTo(ToBytes(b));
    }
}
