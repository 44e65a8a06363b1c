using System.Buffers;
using System.Text;

namespace Cove.Sidecar.GoText;

/// <summary>
/// JSON strings as Go's <c>encoding/json</c> writes them: compact, <c>&lt; &gt; &amp;</c> and the two Unicode line separators escaped,
/// every other character as it is. .NET's writers escape another set, and clients of the reference compare bodies as text.
/// </summary>
internal static class GoJsonText
{
    private static readonly SearchValues<byte> Special = SearchValues.Create(
        [.. Enumerable.Range(0, 0x20).Select(i => (byte)i), (byte)'"', (byte)'\\', (byte)'<', (byte)'>', (byte)'&', 0xE2]);

    /// <summary>One object whose members are strings, in the order given.</summary>
    public static byte[] Object(params ReadOnlySpan<(string Name, string Value)> members)
    {
        var output = new ArrayBufferWriter<byte>(256);
        var separator = (byte)'{';
        foreach (var (name, value) in members)
        {
            WriteByte(output, separator);
            WriteString(output, Encoding.UTF8.GetBytes(name));
            WriteByte(output, (byte)':');
            WriteString(output, Encoding.UTF8.GetBytes(value));
            separator = (byte)',';
        }

        WriteByte(output, (byte)'}');
        return output.WrittenSpan.ToArray();
    }

    /// <summary>One object with one string member, for a value that must not become a <see cref="string"/>. The caller zeroes the result.</summary>
    public static byte[] Secret(string name, ReadOnlySpan<byte> utf8Value)
    {
        // No byte of a string needs more than six; sized once, so that no copy is left behind by growing.
        var output = new ArrayBufferWriter<byte>(name.Length + 8 + (utf8Value.Length * 6));
        WriteByte(output, (byte)'{');
        WriteString(output, Encoding.UTF8.GetBytes(name));
        WriteByte(output, (byte)':');
        WriteString(output, utf8Value);
        WriteByte(output, (byte)'}');
        var result = output.WrittenSpan.ToArray();
        output.Clear();
        return result;
    }

    private static void WriteString(ArrayBufferWriter<byte> output, ReadOnlySpan<byte> utf8)
    {
        WriteByte(output, (byte)'"');
        while (!utf8.IsEmpty)
        {
            var plain = utf8.IndexOfAny(Special);
            if (plain < 0) plain = utf8.Length;
            output.Write(utf8[..plain]);
            utf8 = utf8[plain..];
            if (utf8.IsEmpty) break;
            utf8 = utf8[WriteSpecial(output, utf8)..];
        }

        WriteByte(output, (byte)'"');
    }

    /// <summary>Writes the character at the start; gives how many bytes it was.</summary>
    private static int WriteSpecial(ArrayBufferWriter<byte> output, ReadOnlySpan<byte> utf8)
    {
        switch (utf8[0])
        {
            case (byte)'"':
                output.Write("\\\""u8);
                return 1;
            case (byte)'\\':
                output.Write("\\\\"u8);
                return 1;
            case (byte)'\b':
                output.Write("\\b"u8);
                return 1;
            case (byte)'\f':
                output.Write("\\f"u8);
                return 1;
            case (byte)'\n':
                output.Write("\\n"u8);
                return 1;
            case (byte)'\r':
                output.Write("\\r"u8);
                return 1;
            case (byte)'\t':
                output.Write("\\t"u8);
                return 1;
            case 0xE2 when utf8.Length >= 3 && utf8[1] == 0x80 && utf8[2] is 0xA8 or 0xA9:
                output.Write(utf8[2] == 0xA8 ? "\\u2028"u8 : "\\u2029"u8);
                return 3;
            case 0xE2:
                WriteByte(output, 0xE2);
                return 1;
            default:
                output.Write(Encoding.ASCII.GetBytes($"\\u{(int)utf8[0]:x4}"));
                return 1;
        }
    }

    private static void WriteByte(ArrayBufferWriter<byte> output, byte value) => output.Write([value]);
}
