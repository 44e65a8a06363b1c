using System.Globalization;
using Cove.Rego.Evaluation;
using Cove.Rego.Values;

namespace Cove.Rego.Builtins;

internal static class SemverBuiltins
{
    public static IEnumerable<BuiltinDefinition> All =>
    [
        new("semver.is_valid", "(any) -> bool") { One = static (_, a) => RegoValue.Of(a is RegoString text && Version.TryParse(text.Text, out Version _)) },
        new("semver.compare", "(str, str) -> num") { Two = Compare },
    ];

    private static RegoValue? Compare(EvaluationContext context, RegoValue a, RegoValue b)
    {
        if (!Operands.Text(context, a, 1, out var left) || !Operands.Text(context, b, 2, out var right)) return null;
        if (!Version.TryParse(left, out var x)) return context.Fail($"operand 1: string {GoQuote.Quote(left)} is not a valid SemVer");
        if (!Version.TryParse(right, out var y)) return context.Fail($"operand 2: string {GoQuote.Quote(right)} is not a valid SemVer");
        return RegoNumber.FromInt64(Math.Sign(x.OrderAgainst(y)));
    }

    private readonly record struct Version(long Major, long Minor, long Patch, string PreRelease)
    {
        public static bool TryParse(string text, out Version version)
        {
            version = default;
            if (text.StartsWith('v')) text = text[1..];
            if (!CutSuffix(ref text, '+', out _) || !CutSuffix(ref text, '-', out var preRelease)) return false;
            var parts = text.Split('.');
            if (parts.Length != 3) return false;
            var numbers = new long[3];
            for (var i = 0; i < 3; i++)
            {
                var valid = parts[i].Length > 0 && !parts[i].AsSpan().ContainsAnyExceptInRange('0', '9');
                if (!valid || !long.TryParse(parts[i], NumberStyles.None, CultureInfo.InvariantCulture, out numbers[i])) return false;
            }

            version = new Version(numbers[0], numbers[1], numbers[2], preRelease);
            return true;
        }

        private static bool CutSuffix(ref string text, char mark, out string suffix)
        {
            suffix = "";
            var at = text.IndexOf(mark);
            if (at < 0) return true;
            suffix = text[(at + 1)..];
            text = text[..at];
            return suffix.Length == 0
                || suffix.Split('.').All(static part => part.Length > 0 && part.All(static c => char.IsAsciiLetterOrDigit(c) || c == '-'));
        }

        public int OrderAgainst(Version other)
        {
            var order = Major.CompareTo(other.Major);
            if (order == 0) order = Minor.CompareTo(other.Minor);
            if (order == 0) order = Patch.CompareTo(other.Patch);
            if (order != 0 || PreRelease == other.PreRelease) return order;
            if (PreRelease.Length == 0) return 1;
            return other.PreRelease.Length == 0 ? -1 : ComparePreRelease(PreRelease.Split('.'), other.PreRelease.Split('.'));
        }

        private static int ComparePreRelease(string[] a, string[] b)
        {
            for (var i = 0; i < Math.Min(a.Length, b.Length); i++)
            {
                if (a[i] == b[i]) continue;
                var leftIsNumber = long.TryParse(a[i], NumberStyles.None, CultureInfo.InvariantCulture, out var x);
                var rightIsNumber = long.TryParse(b[i], NumberStyles.None, CultureInfo.InvariantCulture, out var y);
                if (leftIsNumber && rightIsNumber && x != y) return x.CompareTo(y);
                if (leftIsNumber != rightIsNumber) return leftIsNumber ? -1 : 1;
                return string.CompareOrdinal(a[i], b[i]);
            }

            return a.Length.CompareTo(b.Length);
        }
    }
}
