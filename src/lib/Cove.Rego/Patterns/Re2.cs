using System.Text.RegularExpressions;
using Cove.Rego.Values;

namespace Cove.Rego.Patterns;

/// <summary>A compiled RE2 pattern: linear in the subject, whatever the pattern.</summary>
internal sealed class Re2
{
    // A match costs as much as a dozen expressions.
    private const int StepsOfMatch = 16;
    private readonly string _pattern;
    private readonly Lazy<Regex>? _plain;
    private readonly Lazy<Regex>? _surrogates;
    private readonly string? _literal;
    private readonly bool _atStart;
    private readonly bool _atEnd;

    /// <exception cref="RegexSyntaxException">The pattern is not RE2 syntax.</exception>
    public Re2(string pattern)
    {
        _pattern = pattern;
        if (IsLiteral(pattern, out _literal, out _atStart, out _atEnd)) return;
        var translated = Re2Translator.Translate(pattern, surrogates: false);
        _plain = new Lazy<Regex>(() => LinearRegex.Create(translated));
        _surrogates = new Lazy<Regex>(() => LinearRegex.Create(Re2Translator.Translate(_pattern, surrogates: true)));
    }

    public bool IsMatch(string text)
    {
        if (_literal is not { } literal) return For(text).IsMatch(text);
        if (_atStart) return _atEnd ? text == literal : text.StartsWith(literal, StringComparison.Ordinal);
        return _atEnd ? text.EndsWith(literal, StringComparison.Ordinal) : text.Contains(literal, StringComparison.Ordinal);
    }

    /// <summary>Go's FindAll: at most so many matches (-1 for all); an empty match right behind a match does not count.</summary>
    public List<Match> FindAll(string text, int limit, Evaluation.EvaluationContext context)
    {
        var found = new List<Match>();
        var regex = _literal is null ? For(text) : LinearRegex.Create(Re2Translator.Translate(_pattern, surrogates: false));
        var previousEnd = -1;
        for (var match = regex.Match(text); match.Success && (limit < 0 || found.Count < limit); match = match.NextMatch())
        {
            context.CountSteps(StepsOfMatch);
            if (match.Length == 0 && match.Index == previousEnd) continue;
            if (match.Length == 0 && match.Index > 0 && match.Index < text.Length && char.IsLowSurrogate(text[match.Index]) && char.IsHighSurrogate(text[match.Index - 1]))
                continue;
            found.Add(match);
            previousEnd = match.Index + match.Length;
        }

        return found;
    }

    /// <summary>The names of the groups by number; empty for those without.</summary>
    public IReadOnlyDictionary<string, int> GroupNames => Re2Groups.Names(_pattern);

    private Regex For(string text) => ByteText.IsPlain(text) ? _plain!.Value : _surrogates!.Value;

    /// <summary>Patterns without any operator, perhaps anchored: most of those that policies use.</summary>
    private static bool IsLiteral(string pattern, out string? literal, out bool atStart, out bool atEnd)
    {
        var text = pattern.AsSpan();
        atStart = text.StartsWith("^");
        if (atStart) text = text[1..];
        atEnd = text.EndsWith("$");
        if (atEnd) text = text[..^1];
        literal = null;
        if (text.IndexOfAny(Operators) >= 0 || !ByteText.IsPlain(text)) return false;
        literal = text.ToString();
        return true;
    }

    private static readonly System.Buffers.SearchValues<char> Operators = System.Buffers.SearchValues.Create("\\.+*?()[]{}|^$");
}
