namespace Cove.Cli.Measurement;

/// <summary>Values of a fixed size on the command line.</summary>
internal static class Hex
{
    public static byte[] Exactly(string option, string text, int size) => text.Length == 2 * size && text.All(char.IsAsciiHexDigit)
        ? Convert.FromHexString(text)
        : throw CommandFailedException.Usage("hex-invalid", $"is not {2 * size} hex digits, {option} {text}");
}
