namespace Cove.Policy.Enforcement;

/// <summary>
/// Whether a module's decisions can depend on the framework's reasons. Generated policies only hand the reasons through, so a guest needs them
/// after a denial and not before. Judged by the text, and strictly: whatever does not read as generated policies do counts as depending.
/// </summary>
internal static class PolicyReach
{
    private const string HandThrough = "reason := {\"errors\": data.framework.errors}";

    /// <summary>False only where no rule but the one that hands the reasons through can see them.</summary>
    internal static bool DependsOnReasons(string text)
    {
        var at = text.IndexOf(HandThrough, StringComparison.Ordinal);
        var rest = at < 0 ? text : text.Remove(at, HandThrough.Length);
        return Mentions(rest, "reason", static _ => false) || Mentions(rest, "framework", static _ => false, "data.") || Mentions(rest, "data", NamesAPoint);
    }

    /// <summary>Whether a word stands somewhere and what follows it is not accepted, or what must stand before it does not.</summary>
    private static bool Mentions(ReadOnlySpan<char> text, string word, Func<ReadOnlySpan<char>, bool> accepts, string? after = null)
    {
        for (var at = 0; text[at..].IndexOf(word, StringComparison.Ordinal) is >= 0 and var found; at += word.Length)
        {
            at += found;
            var before = text[..at];
            var behind = text[(at + word.Length)..];
            if (IsPart(before.IsEmpty ? ' ' : before[^1]) || IsPart(behind.IsEmpty ? ' ' : behind[0])) continue;
            if (after is not null ? !before.EndsWith(after, StringComparison.Ordinal) : !accepts(behind)) return true;
        }

        return false;
    }

    /// <summary>Whether <c>.framework.POINT</c> follows.</summary>
    private static bool NamesAPoint(ReadOnlySpan<char> behind)
    {
        const string framework = ".framework.";
        if (!behind.StartsWith(framework, StringComparison.Ordinal)) return false;
        var name = behind[framework.Length..];
        var length = 0;
        while (length < name.Length && IsPart(name[length])) length++;
        return EnforcementPoints.All.ContainsKey(name[..length].ToString());
    }

    private static bool IsPart(char c) => char.IsAsciiLetterOrDigit(c) || c == '_';
}
