using System.Text.RegularExpressions;

namespace Cove.Rego.Patterns;

/// <summary>Makes the expressions that patterns were translated to.</summary>
internal static class LinearRegex
{
    /// <summary>
    /// How long one search may take: linear is not enough where both the pattern and the text are huge. The clock of the regular expressions goes on while the
    /// thread waits for a processor, so this is far more than an honest search takes: a decision must not depend on what else the machine does.
    /// </summary>
    public static readonly TimeSpan MaxDuration = TimeSpan.FromSeconds(10);

    /// <summary>The longest expression: making one takes time too, which nothing watches.</summary>
    private const int MaxLength = 256 * 1024;

    /// <exception cref="RegoEvaluationException">The expression is too long.</exception>
    public static Regex Create(string expression)
    {
        if (expression.Length > MaxLength) throw RegoEvaluationException.Limit($"a pattern becomes an expression of more than {MaxLength} characters");
        try
        {
            return new Regex(expression, RegexOptions.NonBacktracking | RegexOptions.CultureInvariant, MaxDuration);
        }
        catch (NotSupportedException)
        {
            // The linear matcher takes expressions of some thousand states. Larger ones, such as long lists of words, are searched for by trying, which
            // the same watch ends.
            return new Regex(expression, RegexOptions.CultureInvariant, MaxDuration);
        }
    }
}
