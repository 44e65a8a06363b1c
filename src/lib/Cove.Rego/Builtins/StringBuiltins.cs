using System.Text;
using Cove.Rego.Evaluation;
using Cove.Rego.Values;

namespace Cove.Rego.Builtins;

internal static partial class StringBuiltins
{
    public static IEnumerable<BuiltinDefinition> All =>
    [
        new("concat", "(str, <array[str], set[str]>) -> str") { Two = Concat },
        new("contains", "(str, str) -> bool") { Two = static (c, a, b) => Compare(c, a, b, static (x, y) => x.Contains(y, StringComparison.Ordinal)) },
        new("startswith", "(str, str) -> bool") { Two = static (c, a, b) => Compare(c, a, b, static (x, y) => x.StartsWith(y, StringComparison.Ordinal)) },
        new("endswith", "(str, str) -> bool") { Two = static (c, a, b) => Compare(c, a, b, static (x, y) => x.EndsWith(y, StringComparison.Ordinal)) },
        new("indexof", "(str, str) -> num") { Two = IndexOf },
        new("indexof_n", "(str, str) -> array[num]") { Two = IndexOfAll },
        new("substring", "(str, num, num) -> str") { Many = Substring },
        new("lower", "(str) -> str") { One = static (c, a) => Map(c, a, LetterCase.Lower) },
        new("upper", "(str) -> str") { One = static (c, a) => Map(c, a, LetterCase.Upper) },
        new("split", "(str, str) -> array[str]") { Two = static (c, a, b) => Pair(c, a, b, out var x, out var y) ? Split(x, y) : null },
        new("strings.split_n", "(str, str, num) -> array[str]") { Many = SplitN },
        new("replace", "(str, str, str) -> str") { Many = Replace },
        new("strings.replace_n", "(object[str: str], str) -> str") { Two = ReplaceN },
        new("strings.count", "(str, str) -> num") { Two = Count },
        new("strings.reverse", "(str) -> str") { One = Reverse },
        new("strings.any_prefix_match", "(<str, array[str], set[str]>, <str, array[str], set[str]>) -> bool") { Two = static (c, a, b) => AnyMatch(c, a, b, prefix: true) },
        new("strings.any_suffix_match", "(<str, array[str], set[str]>, <str, array[str], set[str]>) -> bool") { Two = static (c, a, b) => AnyMatch(c, a, b, prefix: false) },
        new("trim", "(str, str) -> str") { Two = static (c, a, b) => Trim(c, a, b, left: true, right: true) },
        new("trim_left", "(str, str) -> str") { Two = static (c, a, b) => Trim(c, a, b, left: true, right: false) },
        new("trim_right", "(str, str) -> str") { Two = static (c, a, b) => Trim(c, a, b, left: false, right: true) },
        new("trim_prefix", "(str, str) -> str") { Two = static (c, a, b) => Cut(c, a, b, static (x, y) => x.StartsWith(y, StringComparison.Ordinal) ? x[y.Length..] : x) },
        new("trim_suffix", "(str, str) -> str") { Two = static (c, a, b) => Cut(c, a, b, static (x, y) => x.EndsWith(y, StringComparison.Ordinal) ? x[..^y.Length] : x) },
        new("trim_space", "(str) -> str") { One = static (c, a) => Map(c, a, static x => x.Trim()) },
        new("sprintf", "(str, arr) -> str") { Two = Format },
    ];

    private static bool Pair(EvaluationContext context, RegoValue a, RegoValue b, out string x, out string y)
    {
        y = "";
        return Operands.Text(context, a, 1, out x) && Operands.Text(context, b, 2, out y);
    }

    private static RegoValue? Compare(EvaluationContext context, RegoValue a, RegoValue b, Func<string, string, bool> test) =>
        Pair(context, a, b, out var x, out var y) ? RegoValue.Of(test(x, y)) : null;

    private static RegoValue? Cut(EvaluationContext context, RegoValue a, RegoValue b, Func<string, string, string> cut) =>
        Pair(context, a, b, out var x, out var y) ? Operands.Result(cut(x, y)) : null;

    private static RegoValue? Map(EvaluationContext context, RegoValue a, Func<string, string> map) =>
        Operands.Text(context, a, 1, out var x) ? Operands.Result(map(x)) : null;

    private static RegoValue? Concat(EvaluationContext context, RegoValue a, RegoValue b)
    {
        if (!Operands.Text(context, a, 1, out var separator) || !Operands.Texts(context, b, 2, out var parts)) return null;
        // A limit on elements is one on some characters each.
        context.CheckSize((parts.Sum(static p => (long)p.Length) + ((long)separator.Length * parts.Length)) >> 4);
        return Operands.Result(ByteText.Normalize(string.Join(separator, parts)));
    }

    private static RegoValue? IndexOf(EvaluationContext context, RegoValue a, RegoValue b)
    {
        if (!Pair(context, a, b, out var text, out var wanted)) return null;
        if (wanted.Length == 0) return context.Fail("empty search character");
        var at = text.IndexOf(wanted, StringComparison.Ordinal);
        return RegoNumber.FromInt64(at < 0 ? -1 : ByteText.CountRunes(text[..at]));
    }

    private static RegoValue? IndexOfAll(EvaluationContext context, RegoValue a, RegoValue b)
    {
        if (!Pair(context, a, b, out var text, out var wanted)) return null;
        if (wanted.Length == 0) return context.Fail("empty search character");
        var found = new List<RegoValue>();
        var (runes, counted) = (0, 0);
        for (var at = text.IndexOf(wanted, StringComparison.Ordinal); at >= 0; at = at + 1 < text.Length ? text.IndexOf(wanted, at + 1, StringComparison.Ordinal) : -1)
        {
            runes += ByteText.CountRunes(text[counted..at]);
            counted = at;
            found.Add(RegoNumber.FromInt64(runes));
        }

        return new RegoArray([.. found]);
    }

    private static RegoValue? Substring(EvaluationContext context, RegoValue[] arguments)
    {
        if (!Operands.Text(context, arguments[0], 1, out var text)) return null;
        if (!Operands.Int(context, arguments[1], 2, out var offset) || !Operands.Int(context, arguments[2], 3, out var length)) return null;
        if (offset < 0) return context.Fail("negative offset");
        if (ByteText.IsPlain(text))
        {
            if (offset >= text.Length) return RegoString.Empty;
            return Operands.Result(length < 0 || length > text.Length - offset ? text[offset..] : text.Substring(offset, length));
        }

        var runes = Runes(text);
        if (offset >= runes.Count) return RegoString.Empty;
        var end = length < 0 || length > runes.Count - offset ? runes.Count : offset + length;
        // A part is taken by code points, and what is none becomes U+FFFD; the whole stays as it is.
        return offset == 0 && end == runes.Count ? Operands.Result(text) : Operands.Result(ByteText.Display(string.Concat(runes.GetRange(offset, end - offset))));
    }

    /// <summary>The code points (or invalid bytes) of a text.</summary>
    public static List<string> Runes(string text)
    {
        var runes = new List<string>(text.Length);
        for (var i = 0; i < text.Length;)
        {
            var length = ByteText.RuneLengthAt(text, i);
            runes.Add(text.Substring(i, length));
            i += length;
        }

        return runes;
    }

    private static RegoArray Split(string text, string separator)
    {
        if (separator.Length == 0) return new RegoArray([.. Runes(text).Select(Operands.Result)]);
        var parts = text.Split(separator);
        var items = new RegoValue[parts.Length];
        for (var i = 0; i < items.Length; i++) items[i] = new RegoString(parts[i]);
        return new RegoArray(items);
    }

    private static RegoValue? SplitN(EvaluationContext context, RegoValue[] arguments)
    {
        if (!Pair(context, arguments[0], arguments[1], out var text, out var separator) || !Operands.Int(context, arguments[2], 3, out var count)) return null;
        var parts = Split(text, separator).Items;
        if (count >= 0) return new RegoArray(parts[..Math.Min(count, parts.Length)]);
        var from = Math.Max(0, (long)parts.Length + count);
        return new RegoArray(parts[(int)from..]);
    }

    private static RegoValue? Replace(EvaluationContext context, RegoValue[] arguments)
    {
        if (!Pair(context, arguments[0], arguments[1], out var text, out var old) || !Operands.Text(context, arguments[2], 3, out var with)) return null;
        context.CheckSize((long)text.Length * Math.Max(1, with.Length) / 64);
        if (old.Length > 0) return Operands.Result(ByteText.Normalize(text.Replace(old, with, StringComparison.Ordinal)));
        var result = new StringBuilder(with);
        foreach (var rune in Runes(text)) result.Append(rune).Append(with);
        return Operands.Result(result.ToString());
    }

    private static RegoValue? ReplaceN(EvaluationContext context, RegoValue a, RegoValue b)
    {
        if (!Operands.Object(context, a, 1, out var patterns) || !Operands.Text(context, b, 2, out var text)) return null;
        var pairs = new List<(string Old, string New)>();
        for (var i = 0; i < patterns.Count; i++)
        {
            if (patterns.KeyAt(i) is not RegoString old) return context.FailType($"operand 1 non-string key found in pattern object");
            if (patterns.ValueAt(i) is not RegoString with) return context.FailType($"operand 1 non-string value found in pattern object");
            pairs.Add((old.Text, with.Text));
        }

        var result = new StringBuilder();
        var most = (long)context.Limits.MaxBuiltinElements << 4;
        for (var at = 0; at <= text.Length;)
        {
            context.CountSteps(1 + (pairs.Count >> 3));
            if (result.Length > most) throw RegoEvaluationException.Limit($"strings.replace_n would produce more than {most} characters");
            var match = pairs.FindIndex(p => string.CompareOrdinal(text, at, p.Old, 0, p.Old.Length) == 0);
            if (match >= 0)
            {
                result.Append(pairs[match].New);
                at += pairs[match].Old.Length;
                if (pairs[match].Old.Length > 0) continue;
            }

            if (at >= text.Length) break;
            var length = ByteText.RuneLengthAt(text, at);
            result.Append(text, at, length);
            at += length;
        }

        return Operands.Result(ByteText.Normalize(result.ToString()));
    }

    private static RegoValue? Count(EvaluationContext context, RegoValue a, RegoValue b)
    {
        if (!Pair(context, a, b, out var text, out var wanted)) return null;
        if (wanted.Length == 0) return RegoNumber.FromInt64(ByteText.CountRunes(text) + 1);
        var count = 0;
        for (var at = text.IndexOf(wanted, StringComparison.Ordinal); at >= 0; at = text.IndexOf(wanted, at + wanted.Length, StringComparison.Ordinal)) count++;
        return RegoNumber.FromInt64(count);
    }

    private static RegoValue? Reverse(EvaluationContext context, RegoValue a)
    {
        if (!Operands.Text(context, a, 1, out var text)) return null;
        if (ByteText.IsPlain(text))
        {
            var characters = text.ToCharArray();
            Array.Reverse(characters);
            return Operands.Result(new string(characters));
        }

        // As the field does it: each code point is written in front of those before it, and a byte that is none as U+FFFD, over what is there.
        var bytes = new byte[ByteText.ToBytes(text).Length];
        var at = bytes.Length;
        foreach (var rune in Runes(text))
        {
            at -= ByteText.ToBytes(rune).Length;
            var written = ByteText.ToBytes(ByteText.Display(rune));
            written.AsSpan(0, Math.Min(written.Length, bytes.Length - at)).CopyTo(bytes.AsSpan(at));
        }

        return Operands.Result(ByteText.FromBytes(bytes));
    }

    private static RegoValue? Trim(EvaluationContext context, RegoValue a, RegoValue b, bool left, bool right)
    {
        if (!Pair(context, a, b, out var text, out var cut)) return null;
        var unwanted = new HashSet<string>(Runes(cut));
        var runes = Runes(text);
        var (start, end) = (0, runes.Count);
        while (left && start < end && unwanted.Contains(runes[start])) start++;
        while (right && end > start && unwanted.Contains(runes[end - 1])) end--;
        return Operands.Result(string.Concat(runes.GetRange(start, end - start)));
    }

    private static RegoValue? AnyMatch(EvaluationContext context, RegoValue a, RegoValue b, bool prefix)
    {
        if (!OneOrMore(context, a, 1, out var texts) || !OneOrMore(context, b, 2, out var affixes)) return null;
        context.CountSteps(texts.Length);
        var lengths = Array.ConvertAll(affixes, static x => x.Length).Distinct().ToArray();
        var known = new HashSet<string>(affixes.Length);
        foreach (var affix in affixes)
        {
            context.CountSteps(1 + (affix.Length >> 6));
            known.Add(affix);
        }

        var wanted = known.GetAlternateLookup<ReadOnlySpan<char>>();
        foreach (var text in texts)
        {
            foreach (var length in lengths)
            {
                context.CountSteps(1 + (length >> 6));
                if (length > text.Length) continue;
                if (wanted.Contains(prefix ? text.AsSpan(0, length) : text.AsSpan(text.Length - length))) return RegoValue.True;
            }
        }

        return RegoValue.False;
    }

    private static bool OneOrMore(EvaluationContext context, RegoValue value, int position, out string[] texts)
    {
        texts = [];
        if (value is RegoString one)
        {
            texts = [one.Text];
            return true;
        }

        return value is RegoArray or RegoSet
            ? Operands.Texts(context, value, position, out texts)
            : Operands.Refuse(context, position, "one of {string, set, array}", value);
    }
}
