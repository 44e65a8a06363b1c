using System.Globalization;

namespace Cove.Images.Tar;

/// <summary>Numbers as tar headers and extended headers write them.</summary>
internal static class TarNumber
{
    /// <summary>Octal digits, or two's complement big-endian when the first bit is set (GNU base-256).</summary>
    public static bool TryParse(ReadOnlySpan<byte> field, out long value) =>
        (field[0] & 0x80) != 0 ? TryBase256(field, out value) : TryOctal(field, out value);

    /// <summary>Octal digits between NULs and spaces; none at all is 0.</summary>
    public static bool TryOctal(ReadOnlySpan<byte> field, out long value)
    {
        value = 0;
        var digits = field.Trim(" \0"u8);
        if (digits.IsEmpty) return true;
        ulong sum = 0;
        foreach (var digit in ByteText.UntilNul(digits))
        {
            if (digit is < (byte)'0' or > (byte)'7' || sum >> 61 != 0) return false;
            sum = (sum << 3) | (uint)(digit - '0');
        }

        value = unchecked((long)sum);
        return true;
    }

    /// <summary>A decimal number of an extended header: an optional sign and at least one digit.</summary>
    public static bool TryDecimal(string text, out long value) =>
        long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out value);

    /// <summary>A decimal time of an extended header, with up to nine digits of fraction used.</summary>
    public static bool TryTime(string text, out TarTime time)
    {
        time = default;
        var point = text.IndexOf('.', StringComparison.Ordinal);
        var whole = point < 0 ? text : text[..point];
        var fraction = point < 0 ? "" : text[(point + 1)..];
        if (!TryDecimal(whole, out var seconds) || fraction.AsSpan().ContainsAnyExceptInRange('0', '9')) return false;
        var nanoseconds = uint.Parse(fraction.PadRight(9, '0').AsSpan(0, 9), NumberStyles.None, CultureInfo.InvariantCulture);
        time = whole[0] == '-' && nanoseconds != 0
            ? new TarTime(unchecked(seconds - 1), TarTime.NanosecondsPerSecond - nanoseconds)
            : new TarTime(seconds, nanoseconds);
        return true;
    }

    private static bool TryBase256(ReadOnlySpan<byte> field, out long value)
    {
        // A negative number is the complement of its complement, which is not negative.
        var flip = (field[0] & 0x40) != 0 ? (byte)0xff : (byte)0;
        ulong sum = 0;
        value = 0;
        for (var i = 0; i < field.Length; i++)
        {
            var b = (byte)(field[i] ^ flip);
            if (i == 0) b &= 0x7f;
            if (sum >> 56 != 0) return false;
            sum = (sum << 8) | b;
        }

        if (sum >> 63 != 0) return false;
        value = flip == 0 ? (long)sum : ~(long)sum;
        return true;
    }
}
