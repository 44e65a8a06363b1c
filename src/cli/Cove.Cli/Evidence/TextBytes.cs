using System.Buffers.Text;
using System.Text;

namespace Cove.Cli.Evidence;

/// <summary>Bytes that people pass around as text: hex, base64 or base64url, with or without padding and line ends.</summary>
internal static class TextBytes
{
    /// <summary>The bytes that the text stands for; the input itself where it is not such text.</summary>
    public static byte[] Decode(byte[] input)
    {
        if (!LooksLikeText(input)) return input;
        var text = new string([.. Encoding.ASCII.GetString(input).Where(c => !char.IsWhiteSpace(c))]);
        if (text.Length > 0 && text.Length % 2 == 0 && text.All(char.IsAsciiHexDigit)) return Convert.FromHexString(text);
        var url = text.TrimEnd('=').Replace('+', '-').Replace('/', '_');
        return Base64Url.IsValid(url) ? Base64Url.DecodeFromChars(url) : input;
    }

    private static bool LooksLikeText(byte[] input) => input.Length > 0 && Array.TrueForAll(input, b => b is >= 0x20 and < 0x7f or (byte)'\r' or (byte)'\n' or (byte)'\t');
}
