using System.Text;

namespace Cove.Images.Tar;

/// <summary>
/// Names in a tar and on ext4 are bytes in no particular encoding. They are held as Latin-1 strings, one character a byte: nothing is
/// lost, and ordinal order is byte order.
/// </summary>
internal static class ByteText
{
    private const int ShownLength = 120;

    public static string From(ReadOnlySpan<byte> bytes) => Encoding.Latin1.GetString(bytes);

    public static byte[] ToBytes(string text) => Encoding.Latin1.GetBytes(text);

    /// <summary>The bytes up to the first NUL.</summary>
    public static ReadOnlySpan<byte> UntilNul(ReadOnlySpan<byte> bytes)
    {
        var end = bytes.IndexOf((byte)0);
        return end < 0 ? bytes : bytes[..end];
    }

    /// <summary>For an error message: read as UTF-8, control characters replaced, cut when long.</summary>
    public static string Show(string text)
    {
        var shown = new string([.. Encoding.UTF8.GetString(ToBytes(text)).Select(c => char.IsControl(c) ? '?' : c)]);
        return shown.Length <= ShownLength ? $"'{shown}'" : $"'{shown.AsSpan(0, ShownLength)}…'";
    }
}
