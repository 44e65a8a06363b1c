namespace Cove.Rego.GraphQl;

/// <summary>The value of a block string: common indentation and blank lines at both ends are taken away (GraphQL specification §2.9.4).</summary>
internal static class GraphBlockText
{
    public static string Dedent(string raw)
    {
        var lines = raw.Split('\n');
        var common = int.MaxValue;
        foreach (var line in lines.AsSpan(1))
        {
            var indent = Indent(line);
            if (indent < line.Length) common = Math.Min(common, indent);
        }

        if (common != int.MaxValue)
            for (var i = 1; i < lines.Length; i++) lines[i] = lines[i].Length < common ? "" : lines[i][common..];
        var (first, last) = (0, lines.Length);
        while (first < last && Indent(lines[first]) == lines[first].Length) first++;
        while (last > first && Indent(lines[last - 1]) == lines[last - 1].Length) last--;
        return string.Join('\n', lines, first, last - first);
    }

    private static int Indent(string line)
    {
        var indent = line.AsSpan().IndexOfAnyExcept(' ', '\t');
        return indent < 0 ? line.Length : indent;
    }
}
