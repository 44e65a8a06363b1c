namespace Cove.Sidecar.GoText;

/// <summary>
/// Standard base64 with padding as Go's <c>base64.StdEncoding</c> reads it: CR and LF are skipped, nothing else is, and an error names
/// the input byte that clients of the reference sidecar see named.
/// </summary>
internal static class GoBase64
{
    /// <exception cref="SkrFailureException">It is not base64.</exception>
    public static byte[] Decode(string text)
    {
        var output = new MemoryStream(text.Length / 4 * 3);
        Span<byte> quantum = stackalloc byte[4];
        var at = 0;
        while (true)
        {
            var filled = 0;
            while (filled < 4)
            {
                if (!Next(text, ref at, out var c))
                {
                    if (filled == 0) return output.ToArray();
                    throw Illegal(at - filled);
                }

                if (Value(c) is >= 0 and var value)
                {
                    quantum[filled++] = (byte)value;
                    continue;
                }

                if (c != '=' || filled < 2) throw Illegal(at - 1);
                EndPadding(text, ref at, filled);
                Write(output, quantum, filled);
                return output.ToArray();
            }

            Write(output, quantum, filled);
        }
    }

    private static void EndPadding(string text, ref int at, int filled)
    {
        if (filled == 2)
        {
            if (!Next(text, ref at, out var second)) throw Illegal(text.Length);
            if (second != '=') throw Illegal(at - 1);
        }

        if (Next(text, ref at, out _)) throw Illegal(at - 1);
    }

    private static void Write(MemoryStream output, ReadOnlySpan<byte> quantum, int filled)
    {
        output.WriteByte((byte)((quantum[0] << 2) | (quantum[1] >> 4)));
        if (filled > 2) output.WriteByte((byte)((quantum[1] << 4) | (quantum[2] >> 2)));
        if (filled > 3) output.WriteByte((byte)((quantum[2] << 6) | quantum[3]));
    }

    private static bool Next(string text, ref int at, out char c)
    {
        while (at < text.Length)
        {
            c = text[at++];
            if (c is not ('\r' or '\n')) return true;
        }

        c = default;
        return false;
    }

    private static int Value(char c) => c switch
    {
        >= 'A' and <= 'Z' => c - 'A',
        >= 'a' and <= 'z' => c - 'a' + 26,
        >= '0' and <= '9' => c - '0' + 52,
        '+' => 62,
        '/' => 63,
        _ => -1,
    };

    private static SkrFailureException Illegal(int at) => new($"illegal base64 data at input byte {at}");
}
