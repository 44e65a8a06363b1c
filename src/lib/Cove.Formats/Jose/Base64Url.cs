using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Text;
using Cove.Outcomes;

namespace Cove.Formats.Jose;

/// <summary>
/// Base64url as RFC 7515 section 2 writes it: URL-safe alphabet, no padding, no white space. Decoding takes only what encoding
/// would have written, so each value has exactly one text; unused bits in the last character must be zero.
/// </summary>
public static class Base64Url
{
    private static readonly SearchValues<char> Alphabet =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_");

    /// <summary>The text of these bytes; empty for none.</summary>
    public static string Encode(ReadOnlySpan<byte> bytes) => System.Buffers.Text.Base64Url.EncodeToString(bytes);

    /// <summary>The bytes of this text.</summary>
    /// <param name="text">The text.</param>
    /// <param name="format">What is being read, for the error.</param>
    /// <param name="field">Which field of it, for the error.</param>
    /// <exception cref="MalformedException">The text is padded, holds a character outside the alphabet, or is not canonical.</exception>
    public static byte[] Decode(ReadOnlySpan<char> text, string format, string field)
        => TryDecode(text, out var bytes) ? bytes : throw new MalformedException(format, field, "is not base64url without padding");

    /// <summary>The bytes of this ASCII text, for values that must not become a <see cref="string"/>.</summary>
    /// <exception cref="MalformedException">The text is padded, holds a byte outside the alphabet, or is not canonical.</exception>
    public static byte[] Decode(ReadOnlySpan<byte> ascii, string format, string field)
    {
        var rented = ArrayPool<char>.Shared.Rent(ascii.Length);
        try
        {
            var text = rented.AsSpan(0, ascii.Length);
            // Latin-1 maps every byte to one character, so what is not in the alphabet stays outside it.
            Encoding.Latin1.GetChars(ascii, text);
            return Decode(text, format, field);
        }
        finally
        {
            ArrayPool<char>.Shared.Return(rented, clearArray: true);
        }
    }

    /// <summary>Decodes, or says that the text is not canonical base64url.</summary>
    public static bool TryDecode(ReadOnlySpan<char> text, [NotNullWhen(true)] out byte[]? bytes)
    {
        bytes = null;
        if (text.Length % 4 == 1 || text.ContainsAnyExcept(Alphabet) || !LastCharacterIsCanonical(text)) return false;
        bytes = System.Buffers.Text.Base64Url.DecodeFromChars(text);
        return true;
    }

    private static bool LastCharacterIsCanonical(ReadOnlySpan<char> text)
    {
        var unused = (text.Length % 4) switch { 2 => 0b1111, 3 => 0b11, _ => 0 };
        return unused == 0 || (Value(text[^1]) & unused) == 0;
    }

    private static int Value(char c) => c switch
    {
        >= 'A' and <= 'Z' => c - 'A',
        >= 'a' and <= 'z' => c - 'a' + 26,
        >= '0' and <= '9' => c - '0' + 52,
        '-' => 62,
        _ => 63,
    };
}
