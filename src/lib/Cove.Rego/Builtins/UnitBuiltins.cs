using System.Globalization;
using System.Numerics;
using Cove.Rego.Evaluation;
using Cove.Rego.Values;

namespace Cove.Rego.Builtins;

/// <summary>Numbers with units of amount or size.</summary>
internal static class UnitBuiltins
{
    private const int MaxExponentDigits = 6;

    public static IEnumerable<BuiltinDefinition> All =>
    [
        new("units.parse", "(str) -> num") { One = Parse },
        new("units.parse_bytes", "(str) -> num") { One = ParseBytes },
    ];

    private static RegoValue? Parse(EvaluationContext context, RegoValue value)
    {
        if (!Operands.Text(context, value, 1, out var raw)) return null;
        var text = raw.Replace("\"", "", StringComparison.Ordinal);
        if (text.Contains(' ', StringComparison.Ordinal)) return context.Fail("units.parse: spaces not allowed in resource strings");
        var split = NumberLength(text);
        var (amount, unit) = (text[..split], text[split..]);
        if (unit.Length > 1) unit = unit[..1] + unit[1..].ToLowerInvariant();
        if (amount.Length == 0) return context.Fail("units.parse: no amount provided");
        BigInteger? factor = unit switch
        {
            "" or "m" => 1,
            "k" or "K" => 1000,
            _ => Factor(unit),
        };
        if (factor is not { } by) return context.Fail($"units.parse: unit {unit} not recognized");
        return Multiply(context, "units.parse", amount, by, milli: unit == "m", truncate: false);
    }

    private static RegoValue? ParseBytes(EvaluationContext context, RegoValue value)
    {
        if (!Operands.Text(context, value, 1, out var raw)) return null;
        var text = raw.Replace("\"", "", StringComparison.Ordinal).ToLowerInvariant();
        if (text.Contains(' ', StringComparison.Ordinal)) return context.Fail("units.parse_bytes: spaces not allowed in resource strings");
        var split = NumberLength(text);
        var (amount, unit) = (text[..split], text[split..]);
        if (amount.Length == 0) return context.Fail("units.parse_bytes: no byte amount provided");
        var name = unit.EndsWith('b') && unit.Length > 1 ? unit[..^1] : unit;
        BigInteger? factor = name is "" or "b" ? (unit is "" ? 1 : null) : Factor(name.ToUpperInvariant() is var u && u.Length == 2 ? u[..1] + "i" : name.ToUpperInvariant());
        if (factor is not { } by) return context.Fail($"units.parse_bytes: byte unit {unit} not recognized");
        return Multiply(context, "units.parse_bytes", amount, by, milli: false, truncate: true);
    }

    private static BigInteger? Factor(string unit)
    {
        var power = "KMGTPE".IndexOf(unit.Length > 0 ? char.ToUpperInvariant(unit[0]) : ' ', StringComparison.Ordinal) + 1;
        if (power == 0) return null;
        return unit.Length == 1 ? BigInteger.Pow(1000, power) : unit.Length == 2 && unit[1] == 'i' ? BigInteger.Pow(1024, power) : null;
    }

    /// <summary>How much of the text is the number: digits, a point, signs, and an exponent when digits follow it.</summary>
    private static int NumberLength(string text)
    {
        var at = 0;
        for (; at < text.Length; at++)
        {
            var c = text[at];
            if (char.IsAsciiDigit(c) || c == '.' || (at == 0 && c is '+' or '-')) continue;
            if (at == 0 || c is not ('e' or 'E')) break;
            var next = at + 1;
            if (next < text.Length && text[next] is '+' or '-') next++;
            if (next >= text.Length || !char.IsAsciiDigit(text[next])) break;
            while (next < text.Length && char.IsAsciiDigit(text[next])) next++;
            return next;
        }

        return at;
    }

    private static RegoValue? Multiply(EvaluationContext context, string name, string amount, BigInteger factor, bool milli, bool truncate)
    {
        var exponentAt = amount.IndexOfAny(['e', 'E']);
        var exponent = 0;
        var digits = exponentAt < 0 ? amount : amount[..exponentAt];
        if (exponentAt >= 0)
        {
            var text = amount[(exponentAt + 1)..].TrimStart('+', '-');
            if (text.Length > MaxExponentDigits) return context.Fail($"{name}: exponent too large");
            exponent = int.Parse(amount.AsSpan(exponentAt + 1), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture);
            if (Math.Abs(exponent) > RegoNumber.MaxDecimalExponent) throw RegoEvaluationException.Limit($"{name}: exponent beyond {RegoNumber.MaxDecimalExponent}");
        }

        var point = digits.IndexOf('.', StringComparison.Ordinal);
        var plain = digits.Replace(".", "", StringComparison.Ordinal);
        if (plain.Length > RegoNumber.MaxDigits) throw RegoEvaluationException.Limit($"{name}: more than {RegoNumber.MaxDigits} digits");
        if (digits.Count(static c => c == '.') > 1 || !BigInteger.TryParse(plain, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var given))
            return context.Fail($"{name}: could not parse {(truncate ? "byte amount" : "amount")} to a number");
        var scale = exponent - (point < 0 ? 0 : digits.Length - point - 1) - (milli ? 3 : 0);
        var value = given * factor;
        if (scale >= 0) return RegoNumber.FromBigInteger(value * BigInteger.Pow(10, scale));
        var divisor = BigInteger.Pow(10, -scale);
        var whole = BigInteger.DivRem(value, divisor, out var rest);
        if (truncate || rest.IsZero) return RegoNumber.FromBigInteger(whole);
        // Ten decimals, rounded half away from zero.
        var scaled = BigInteger.Abs(value) * BigInteger.Pow(10, 10);
        var rounded = (scaled + (divisor / 2)) / divisor;
        var text10 = rounded.ToString(CultureInfo.InvariantCulture).PadLeft(11, '0');
        var shown = $"{(value.Sign < 0 ? "-" : "")}{text10[..^10]}.{text10[^10..]}".TrimEnd('0');
        return RegoNumber.FromText(shown.EndsWith('.') ? shown + "0" : shown);
    }
}
