namespace Cove.Rego.Patterns;

/// <summary>Finds the named groups of a pattern that is known to be valid.</summary>
internal static class Re2Groups
{
    public static Dictionary<string, int> Names(string pattern)
    {
        var names = new Dictionary<string, int>();
        var number = 0;
        var inClass = false;
        for (var i = 0; i < pattern.Length; i++)
        {
            switch (pattern[i])
            {
                case '\\' when i + 1 < pattern.Length && pattern[i + 1] == 'Q':
                    var end = pattern.IndexOf("\\E", i, StringComparison.Ordinal);
                    i = end < 0 ? pattern.Length : end + 1;
                    break;
                case '\\':
                    i++;
                    break;
                case '[' when !inClass:
                    inClass = true;
                    if (i + 1 < pattern.Length && pattern[i + 1] == '^') i++;
                    if (i + 1 < pattern.Length && pattern[i + 1] == ']') i++;
                    break;
                case '[' when pattern.AsSpan(i).StartsWith("[:"):
                    i = pattern.IndexOf(":]", i, StringComparison.Ordinal) is var close && close > 0 ? close + 1 : i;
                    break;
                case ']':
                    inClass = false;
                    break;
                case '(' when !inClass:
                    AddGroup(pattern, i, names, ref number);
                    break;
            }
        }

        return names;
    }

    private static void AddGroup(string pattern, int at, Dictionary<string, int> names, ref int number)
    {
        var rest = pattern.AsSpan(at);
        if (!rest.StartsWith("(?"))
        {
            number++;
            return;
        }

        if (!rest.StartsWith("(?P<") && !rest.StartsWith("(?<")) return;
        number++;
        var start = pattern.IndexOf('<', at) + 1;
        names[pattern[start..pattern.IndexOf('>', start)]] = number;
    }
}
