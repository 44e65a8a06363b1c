namespace Cove.Rego.GraphQl;

/// <summary>"Did you mean": names that are close to a mistyped one.</summary>
internal static class GraphSuggestions
{
    private const int MostShown = 5;

    /// <summary>The sentence, with a space before it, or nothing.</summary>
    public static string Sentence(string prefix, string typed, IEnumerable<string> options, bool quoted = true)
    {
        var close = Close(typed, options);
        return close.Count == 0 ? "" : $" {prefix} {List(quoted ? close.Select(static c => $"\"{c}\"") : close)}?";
    }

    /// <summary>One, "a or b", or "a, b, or c"; at most five.</summary>
    public static string List(IEnumerable<string> items)
    {
        var shown = items.Take(MostShown).ToList();
        return shown.Count switch
        {
            1 => shown[0],
            2 => $"{shown[0]} or {shown[1]}",
            _ => $"{string.Join(", ", shown[..^1])}, or {shown[^1]}",
        };
    }

    public static List<string> Close(string typed, IEnumerable<string> options)
    {
        var threshold = (int)Math.Floor(Values.ByteText.ToBytes(typed).Length * 0.4) + 1;
        return [.. options.GroupBy(option => Distance(typed, option)).Where(near => near.Key <= threshold).OrderBy(static near => near.Key).SelectMany(static near => near)];
    }

    private static int Distance(string a, string b)
    {
        if (a == b) return 0;
        a = a.ToLowerInvariant();
        b = b.ToLowerInvariant();
        if (a == b) return 1;
        var row = new int[b.Length + 1];
        for (var j = 0; j < row.Length; j++) row[j] = j;
        for (var i = 1; i <= a.Length; i++)
        {
            var diagonal = row[0];
            row[0] = i;
            for (var j = 1; j <= b.Length; j++)
            {
                var substituted = diagonal + (a[i - 1] == b[j - 1] ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.Min(substituted, Math.Min(row[j], row[j - 1]) + 1);
            }
        }

        return row[b.Length];
    }
}
