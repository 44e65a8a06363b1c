using System.Globalization;
using System.Text;

namespace Cove.Rego.Patterns;

/// <summary>A set of code points as ranges, and how to write it as a .NET character class.</summary>
internal sealed class RuneSet
{
    private const int LastRune = 0x10FFFF;
    private readonly List<(int Low, int High)> _ranges = [];

    /// <summary>A set from pairs of first and last character.</summary>
    public static RuneSet Of(string pairs)
    {
        var set = new RuneSet();
        for (var i = 0; i < pairs.Length; i += 2) set.Add(pairs[i], pairs[i + 1]);
        return set;
    }

    public void Add(int low, int high) => _ranges.Add((low, high));

    public void AddAll(RuneSet other) => _ranges.AddRange(other._ranges);

    /// <summary>The ranges in order, without overlaps or gaps of nothing between them.</summary>
    private List<(int Low, int High)> Merged()
    {
        var merged = new List<(int Low, int High)>();
        foreach (var range in _ranges.OrderBy(static r => r.Low))
        {
            if (merged.Count > 0 && range.Low <= merged[^1].High + 1) merged[^1] = (merged[^1].Low, Math.Max(merged[^1].High, range.High));
            else merged.Add(range);
        }

        return merged;
    }

    public RuneSet Inverted()
    {
        var result = new RuneSet();
        var next = 0;
        foreach (var (low, high) in Merged())
        {
            if (low > next) result.Add(next, low - 1);
            next = high + 1;
        }

        if (next <= LastRune) result.Add(next, LastRune);
        return result;
    }

    /// <summary>True when a code point is in both.</summary>
    public bool Overlaps(RuneSet other)
    {
        foreach (var (low, high) in _ranges)
            foreach (var range in other._ranges)
                if (low <= range.High && range.Low <= high) return true;
        return false;
    }

    /// <summary>The set with the other cases of its members.</summary>
    public RuneSet Folded()
    {
        var result = new RuneSet();
        result.AddAll(this);
        foreach (var (low, high) in Merged())
        {
            if (low == 0 && high == LastRune) break;
            foreach (var rune in CaseFolding.Cased)
            {
                if (rune < low || rune > high) continue;
                foreach (var variant in Variants(rune)) result.Add(variant, variant);
            }
        }

        return result;
    }

    /// <summary>A code point with those that differ from it only by case.</summary>
    public static IReadOnlyList<int> Variants(int rune) => CaseFolding.Variants(rune);

    public static string Escape(int rune)
    {
        if (rune > 0xFFFF)
        {
            var text = new Rune(rune).ToString();
            return $"(?:\\u{(int)text[0]:X4}\\u{(int)text[1]:X4})";
        }

        return rune < 128 && char.IsAsciiLetterOrDigit((char)rune) ? ((char)rune).ToString() : $"\\u{rune:X4}";
    }

    /// <summary>The set as a pattern. Code points beyond U+FFFF are pairs of surrogates, and are written only when subjects may hold such.</summary>
    public string Write(bool surrogates)
    {
        var basic = new StringBuilder();
        var pairs = new List<string>();
        foreach (var (low, high) in Merged())
        {
            AppendBasic(basic, low, Math.Min(high, 0xD7FF));
            AppendBasic(basic, Math.Max(low, 0xE000), Math.Min(high, 0xFFFF));
            // A byte that is not UTF-8 reads as U+FFFD.
            if (low <= 0xFFFD && high >= 0xFFFD) basic.Append("\\uDC80-\\uDCFF");
            if (surrogates && high > 0xFFFF) AppendPairs(pairs, Math.Max(low, 0x10000), high);
        }

        var own = basic.Length == 0 ? "[^\\s\\S]" : $"[{basic}]";
        return pairs.Count == 0 ? own : $"(?:{own}|{string.Join('|', pairs)})";
    }

    private static void AppendBasic(StringBuilder output, int low, int high)
    {
        if (low > high) return;
        output.Append(CultureInfo.InvariantCulture, $"\\u{low:X4}");
        if (high > low) output.Append(CultureInfo.InvariantCulture, $"-\\u{high:X4}");
    }

    private static void AppendPairs(List<string> pairs, int low, int high)
    {
        var (lowHead, lowTail) = Split(low);
        var (highHead, highTail) = Split(high);
        if (lowHead == highHead)
        {
            pairs.Add($"\\u{lowHead:X4}[\\u{lowTail:X4}-\\u{highTail:X4}]");
            return;
        }

        pairs.Add($"\\u{lowHead:X4}[\\u{lowTail:X4}-\\uDFFF]");
        if (highHead - lowHead > 1) pairs.Add($"[\\u{lowHead + 1:X4}-\\u{highHead - 1:X4}][\\uDC00-\\uDFFF]");
        pairs.Add($"\\u{highHead:X4}[\\uDC00-\\u{highTail:X4}]");
    }

    private static (int Head, int Tail) Split(int rune) => (0xD800 + ((rune - 0x10000) >> 10), 0xDC00 + ((rune - 0x10000) & 0x3FF));
}
