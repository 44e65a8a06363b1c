using System.Globalization;
using Cove.Rego.Values;

namespace Cove.Rego.Builtins;

/// <summary>Durations such as 1h30m, with days, weeks and years besides.</summary>
internal static class GoDuration
{
    private const int MaxFractionDigits = 20;
    private static readonly UInt128 Limit = (UInt128)1 << 63;

    public static long? Parse(string text, out string problem)
    {
        problem = $"time: invalid duration {GoQuote.Quote(text)}";
        var at = 0;
        var negative = text.StartsWith('-');
        if (text.Length > 0 && text[0] is '-' or '+') at++;
        if (text[at..] == "0") return 0;
        if (at == text.Length) return null;
        // Large enough for any amount of the longest unit.
        UInt128 total = 0;
        while (at < text.Length)
        {
            if (!char.IsAsciiDigit(text[at]) && text[at] != '.') return null;
            var start = at;
            while (at < text.Length && char.IsAsciiDigit(text[at])) at++;
            var whole = text[start..at];
            var fraction = "";
            if (at < text.Length && text[at] == '.')
            {
                start = ++at;
                while (at < text.Length && char.IsAsciiDigit(text[at])) at++;
                fraction = text[start..at];
            }

            if (whole.Length + fraction.Length == 0) return null;
            start = at;
            while (at < text.Length && text[at] != '.' && !char.IsAsciiDigit(text[at])) at++;
            var unit = text[start..at];
            if (unit.Length == 0)
            {
                problem = $"time: missing unit in duration {GoQuote.Quote(text)}";
                return null;
            }

            if (Size(unit) is not { } size)
            {
                problem = $"time: unknown unit {GoQuote.Quote(unit)} in duration {GoQuote.Quote(text)}";
                return null;
            }

            if (whole.Length > 19) return null;
            if (whole.Length > 0) total += UInt128.Parse(whole, NumberStyles.None, CultureInfo.InvariantCulture) * size;
            if (fraction.Length > 0)
            {
                fraction = fraction[..Math.Min(fraction.Length, MaxFractionDigits)];
                var divisor = UInt128.One;
                for (var i = 0; i < fraction.Length; i++) divisor *= 10;
                total += UInt128.Parse(fraction, NumberStyles.None, CultureInfo.InvariantCulture) * size / divisor;
            }

            if (total > Limit) return null;
        }

        if (total == Limit) return negative ? long.MinValue : null;
        return negative ? -(long)total : (long)total;
    }

    private static ulong? Size(string unit) => unit switch
    {
        "ns" => 1,
        "us" or "µs" or "μs" => 1_000,
        "ms" => 1_000_000,
        "s" => 1_000_000_000,
        "m" => 60_000_000_000,
        "h" => 3_600_000_000_000,
        "d" => 86_400_000_000_000,
        "w" => 604_800_000_000_000,
        "y" => 31_536_000_000_000_000,
        _ => null,
    };
}
