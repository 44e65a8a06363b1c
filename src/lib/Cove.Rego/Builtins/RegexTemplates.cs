using System.Text;
using Cove.Rego.Evaluation;
using Cove.Rego.Patterns;
using Cove.Rego.Values;

namespace Cove.Rego.Builtins;

/// <summary>Templates with regular expressions between delimiters, and the question whether two simple patterns have a match in common.</summary>
internal static class RegexTemplates
{
    public static IEnumerable<BuiltinDefinition> All =>
    [
        new("regex.template_match", "(str, str, str, str) -> bool") { Many = Match },
        new("regex.globs_match", "(str, str) -> bool") { Two = Intersects },
    ];

    private static RegoValue? Match(EvaluationContext context, RegoValue[] arguments)
    {
        var texts = new string[4];
        for (var i = 0; i < 4; i++)
            if (!Operands.Text(context, arguments[i], i + 1, out texts[i])) return null;
        for (var i = 2; i < 4; i++)
        {
            var length = ByteText.ToBytes(texts[i]).Length;
            if (length != 1) return context.Fail($"{(i == 2 ? "start" : "end")} delimiter has to be exactly one character long but is {length} long");
        }

        if (ToPattern(texts[0], texts[2][0], texts[3][0], out var parts) is not { } pattern) return context.Fail($"unbalanced braces in {GoQuote.Quote(texts[0])}");
        try
        {
            foreach (var part in parts) context.Program.Patterns.Regex($"^{part}$");
            return RegoValue.Of(context.Program.Patterns.Regex(pattern).IsMatch(texts[1]));
        }
        catch (RegexSyntaxException error)
        {
            return context.Fail(error.Message);
        }
    }

    private static string? ToPattern(string template, char open, char close, out List<string> parts)
    {
        parts = [];
        var pattern = new StringBuilder("^");
        var depth = 0;
        var start = 0;
        for (var i = 0; i < template.Length; i++)
        {
            if (template[i] == open && depth++ == 0)
            {
                Quote(pattern, template[start..i]);
                start = i + 1;
            }
            else if (template[i] == close && open != close)
            {
                if (--depth < 0) return null;
                if (depth > 0) continue;
                parts.Add(template[start..i]);
                pattern.Append('(').Append(template, start, i - start).Append(')');
                start = i + 1;
            }
        }

        if (depth != 0) return null;
        Quote(pattern, template[start..]);
        return pattern.Append('$').ToString();
    }

    private static void Quote(StringBuilder pattern, string literal)
    {
        foreach (var c in literal)
        {
            if ("\\.+*?()|[]{}^$".Contains(c, StringComparison.Ordinal)) pattern.Append('\\');
            pattern.Append(c);
        }
    }

    private static RegoValue? Intersects(EvaluationContext context, RegoValue a, RegoValue b)
    {
        if (!Operands.Text(context, a, 1, out var x) || !Operands.Text(context, b, 2, out var y)) return null;
        try
        {
            return RegoValue.Of(new Meeting(Parse(x), Parse(y)).IsPossible(0, 0));
        }
        catch (FormatException error)
        {
            return context.Fail(error.Message);
        }
    }

    /// <summary>Characters, ".", classes, each perhaps with + or *.</summary>
    private static List<Token> Parse(string text)
    {
        var tokens = new List<Token>();
        for (var i = 0; i < text.Length; i++)
        {
            RuneSet? set = null;
            switch (text[i])
            {
                case '.':
                    set = new RuneSet().Inverted();
                    break;
                case '[':
                    set = Class(text, ref i);
                    break;
                case '\\' when i + 1 < text.Length:
                    set = Single(text[++i]);
                    break;
                case '*' or '+' or '?':
                    throw new FormatException($"input:{text}, pos:{i + 1}, flag '{text[i]}' must be preceded by a non-flag: the input provided is invalid");
                case ']':
                    throw new FormatException($"input:{text}, pos:{i + 1}, set-close ']' with no preceding '[': the input provided is invalid");
                default:
                    set = Single(text[i]);
                    break;
            }

            var flag = i + 1 < text.Length && text[i + 1] is '*' or '+' or '?' ? text[++i] : ' ';
            tokens.Add(new Token(set, flag is '*' or '?', flag is '*' or '+'));
        }

        return tokens;
    }

    private static RuneSet Single(char c)
    {
        var set = new RuneSet();
        set.Add(c, c);
        return set;
    }

    private static RuneSet Class(string text, ref int at)
    {
        var end = text.IndexOf(']', at);
        if (end < 0) throw new FormatException($"input:{text}, pos:{text.Length}, found [ without matching ]: the input provided is invalid");
        var set = new RuneSet();
        for (var i = at + 1; i < end; i++)
        {
            if (i + 2 < end && text[i + 1] == '-')
            {
                set.Add(text[i], text[i + 2]);
                i += 2;
                continue;
            }

            set.Add(text[i], text[i]);
        }

        at = end;
        return set;
    }

    private sealed record Token(RuneSet Set, bool IsOptional, bool Repeats);

    /// <summary>Walks both patterns together; each pair of places is looked at once.</summary>
    private sealed class Meeting(List<Token> a, List<Token> b)
    {
        private readonly HashSet<(int, int)> _seen = [];

        public bool IsPossible(int i, int j)
        {
            System.Runtime.CompilerServices.RuntimeHelpers.EnsureSufficientExecutionStack();
            if (i == a.Count && j == b.Count) return true;
            if (!_seen.Add((i, j))) return false;
            if (i < a.Count && a[i].IsOptional && IsPossible(i + 1, j)) return true;
            if (j < b.Count && b[j].IsOptional && IsPossible(i, j + 1)) return true;
            if (i == a.Count || j == b.Count || !a[i].Set.Overlaps(b[j].Set)) return false;
            return IsPossible(i + 1, j + 1) || (a[i].Repeats && IsPossible(i, j + 1)) || (b[j].Repeats && IsPossible(i + 1, j));
        }
    }
}
