using System.Globalization;
using System.Numerics;
using Cove.Rego.Values;

namespace Cove.Rego.Builtins;

/// <summary>Durations such as 1h30m, with days, weeks and years besides.</summary>
internal static class GoDuration
{
    public static long? Parse(string text, out string problem)
    {
        problem = $"time: invalid duration {GoQuote.Quote(text)}";
        var at = 0;
        var negative = text.StartsWith('-');
        if (text.Length > 0 && text[0] is '-' or '+') at++;
        if (text[at..] == "0") return 0;
        if (at == text.Length) return null;
        var total = BigInteger.Zero;
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
            total += whole.Length == 0 ? 0 : BigInteger.Parse(whole, NumberStyles.None, CultureInfo.InvariantCulture) * size;
            if (fraction.Length > 0)
            {
                fraction = fraction[..Math.Min(fraction.Length, 30)];
                total += BigInteger.Parse(fraction, NumberStyles.None, CultureInfo.InvariantCulture) * size / BigInteger.Pow(10, fraction.Length);
            }
        }

        if (negative) total = -total;
        return total >= long.MinValue && total <= long.MaxValue ? (long)total : null;
    }

    private static BigInteger? Size(string unit) => unit switch
    {
        "ns" => 1,
        "us" or "µs" or "μs" => 1_000,
        "ms" => 1_000_000,
        "s" => 1_000_000_000,
        "m" => 60_000_000_000,
        "h" => 3_600_000_000_000,
        "d" => 86_400_000_000_000,
        "w" => 604_800_000_000_000,
        "y" => (BigInteger)8760 * 3_600_000_000_000,
        _ => null,
    };
}
