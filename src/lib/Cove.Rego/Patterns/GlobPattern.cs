using System.Text;
using System.Text.RegularExpressions;
using Cove.Rego.Values;

namespace Cove.Rego.Patterns;

/// <summary>A glob: * within delimiters, ** across them, ? for one character that is no delimiter, classes, alternatives, escapes.</summary>
internal sealed class GlobPattern
{
    private const int MaxDepth = 200;
    private static readonly System.Buffers.SearchValues<char> Special = System.Buffers.SearchValues.Create("?[]{}\\");
    private readonly Regex _regex;
    private readonly bool _matchesNothing;
    private readonly (string Prefix, string Suffix)? _ends;
    private readonly (int Least, int Most, string Without)? _wildcards;

    /// <exception cref="FormatException">The pattern is malformed.</exception>
    public GlobPattern(string pattern, IReadOnlyList<string> delimiters)
    {
        _matchesNothing = pattern == "?" || IsNegatedClass(pattern);
        _ends = Ends(pattern, delimiters.Count == 0);
        _wildcards = Wildcards(pattern, string.Concat(delimiters));
        var at = 0;
        var text = Translate(pattern, Delimiters(delimiters), ref at, 0);
        _regex = LinearRegex.Create("\\A(?:" + text + ")\\z");
    }

    /// <summary>
    /// As the field's matcher, which has a few shapes of its own: one that takes a single character also takes none, a text on each side of <c>**</c> may
    /// overlap, and a run of wildcards only counts characters and looks for the delimiters as one text.
    /// </summary>
    public bool IsMatch(string text)
    {
        if (text.Length == 0 && _matchesNothing) return true;
        if (_ends is var (prefix, suffix)) return text.StartsWith(prefix, StringComparison.Ordinal) && text.EndsWith(suffix, StringComparison.Ordinal);
        if (_wildcards is not var (least, most, without)) return _regex.IsMatch(text);
        var count = ByteText.CountRunes(text);
        return count >= least && count <= most && (without.Length == 0 || !text.Contains(without, StringComparison.Ordinal));
    }

    private static bool IsNegatedClass(string pattern) => pattern.StartsWith("[!", StringComparison.Ordinal) && pattern.IndexOf(']', 3) == pattern.Length - 1
        && !pattern.Contains('\\', StringComparison.Ordinal);

    private static (string Prefix, string Suffix)? Ends(string pattern, bool starIsFree)
    {
        var first = pattern.IndexOf('*', StringComparison.Ordinal);
        var last = pattern.LastIndexOf('*');
        if (first <= 0 || last == pattern.Length - 1 || !(last == first + 1 || (last == first && starIsFree))) return null;
        var (prefix, suffix) = (pattern[..first], pattern[(last + 1)..]);
        return (prefix + suffix).AsSpan().ContainsAny(Special) ? null : (prefix, suffix);
    }

    private static (int Least, int Most, string Without)? Wildcards(string pattern, string delimiters)
    {
        if (pattern.Length < 2 || pattern.AsSpan().ContainsAnyExcept('?', '*')) return null;
        var least = pattern.AsSpan().Count('?');
        if (least == 0 || (delimiters.Length > 0 && pattern.Contains("**", StringComparison.Ordinal))) return null;
        return (least, least == pattern.Length ? least : int.MaxValue, delimiters);
    }

    private static string Delimiters(IReadOnlyList<string> delimiters)
    {
        if (delimiters.Count == 0) return "[\\s\\S]";
        var set = new StringBuilder("[^");
        foreach (var delimiter in delimiters)
            foreach (var c in delimiter) set.Append(System.Globalization.CultureInfo.InvariantCulture, $"\\u{(int)c:X4}");
        return set.Append(']').ToString();
    }

    private static string Translate(string pattern, string any, ref int at, int depth)
    {
        if (depth > MaxDepth) throw new FormatException("pattern nests too deeply");
        var output = new StringBuilder();
        while (at < pattern.Length)
        {
            var c = pattern[at];
            switch (c)
            {
                case '\\':
                    if (++at >= pattern.Length) throw new FormatException("unexpected end of input");
                    output.Append(Literal(pattern[at++]));
                    break;
                case '*':
                    var count = 0;
                    while (at < pattern.Length && pattern[at] == '*')
                    {
                        at++;
                        count++;
                    }

                    output.Append(count > 1 ? "[\\s\\S]*" : any + "*");
                    break;
                case '?':
                    at++;
                    output.Append("(?:[\\uD800-\\uDBFF][\\uDC00-\\uDFFF]|").Append(any).Append(')');
                    break;
                case '[':
                    output.Append(Class(pattern, ref at));
                    break;
                case '{':
                    at++;
                    output.Append(Alternatives(pattern, any, ref at, depth + 1));
                    break;
                case ',' or '}' when depth > 0:
                    return output.ToString();
                default:
                    output.Append(Literal(c));
                    at++;
                    break;
            }
        }

        // The end closes what is open.
        return output.ToString();
    }

    private static string Alternatives(string pattern, string any, ref int at, int depth)
    {
        var parts = new List<string>();
        while (true)
        {
            parts.Add(Translate(pattern, any, ref at, depth));
            if (at >= pattern.Length || pattern[at++] == '}') return "(?:" + string.Join('|', parts) + ")";
        }
    }

    private static string Class(string pattern, ref int at)
    {
        var negated = ++at < pattern.Length && pattern[at] == '!';
        if (negated) at++;
        var set = new RuneSet();
        var members = new List<int>();
        var isRange = false;
        while (true)
        {
            if (at >= pattern.Length) throw new FormatException("unexpected end of input");
            if (pattern[at] == ']' && (members.Count > 0 || isRange)) break;
            if (pattern[at] == ']') throw new FormatException("unexpected end of input");
            if (pattern[at] == '\\' && at + 1 < pattern.Length) at++;
            Rune.DecodeFromUtf16(pattern.AsSpan(at), out var rune, out var length);
            at += length;
            if (at + 1 < pattern.Length && pattern[at] == '-' && pattern[at + 1] != ']' && members.Count == 0)
            {
                at++;
                Rune.DecodeFromUtf16(pattern.AsSpan(at), out var high, out length);
                at += length;
                if (high.Value < rune.Value) throw new FormatException($"hi character '{high}' should be greater than lo '{rune}'");
                set.Add(rune.Value, high.Value);
                isRange = true;
                if (at < pattern.Length && pattern[at] != ']') throw new FormatException("unexpected character in range");
                continue;
            }

            members.Add(rune.Value);
            set.Add(rune.Value, rune.Value);
        }

        at++;
        return (negated ? set.Inverted() : set).Write(surrogates: true);
    }

    private static string Literal(char c) => char.IsAsciiLetterOrDigit(c) ? c.ToString() : $"\\u{(int)c:X4}";

    /// <summary>The text with every character escaped that means something in a glob.</summary>
    public static string Quote(string text)
    {
        var output = new StringBuilder(text.Length);
        foreach (var c in text)
        {
            if (c is '*' or '?' or '\\' or '[' or ']' or '{' or '}') output.Append('\\');
            output.Append(c);
        }

        return output.ToString();
    }
}
