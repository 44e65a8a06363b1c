using System.Globalization;
using System.Text;

namespace Cove.Cli.Commands.Rego;

/// <summary>The difference of two texts in the unified form, with three lines of context.</summary>
internal static class LineDiff
{
    private const int Context = 3;

    /// <summary>Where the texts have this many lines in common to compare, what lies between their common ends counts as changed altogether.</summary>
    private const int MaximumTable = 4_000_000;

    public static string Write(string name, string before, string after)
    {
        var edits = Edits(Lines(before), Lines(after));
        var output = new StringBuilder().Append(CultureInfo.InvariantCulture, $"--- {name}.orig\n+++ {name}\n");
        for (var i = 0; i < edits.Count;)
        {
            var first = edits.FindIndex(i, static e => e.Mark != ' ');
            if (first < 0) break;
            var (start, end) = (Math.Max(i, first - Context), first);
            for (var gap = 0; end < edits.Count && gap <= 2 * Context; end++) gap = edits[end].Mark == ' ' ? gap + 1 : 0;
            while (end > first && edits[end - 1].Mark == ' ') end--;
            end = Math.Min(edits.Count, end + Context);
            WriteHunk(output, edits, start, end);
            i = end;
        }

        return output.ToString();
    }

    private static string[] Lines(string text) => (text.EndsWith('\n') ? text[..^1] : text).Split('\n');

    private static void WriteHunk(StringBuilder output, List<Edit> edits, int start, int end)
    {
        var (oldStart, newStart) = (1 + edits.Take(start).Count(static e => e.Mark != '+'), 1 + edits.Take(start).Count(static e => e.Mark != '-'));
        var hunk = edits.GetRange(start, end - start);
        output.Append(CultureInfo.InvariantCulture, $"@@ -{oldStart},{hunk.Count(static e => e.Mark != '+')} +{newStart},{hunk.Count(static e => e.Mark != '-')} @@\n");
        foreach (var edit in hunk) output.Append(edit.Mark).Append(edit.Line).Append('\n');
    }

    private static List<Edit> Edits(string[] a, string[] b)
    {
        var (start, endA, endB) = (0, a.Length, b.Length);
        while (start < endA && start < endB && a[start] == b[start]) start++;
        while (endA > start && endB > start && a[endA - 1] == b[endB - 1]) (endA, endB) = (endA - 1, endB - 1);
        var edits = a[..start].Select(static l => new Edit(' ', l)).ToList();
        AddMiddle(edits, a.AsSpan(start..endA), b.AsSpan(start..endB));
        edits.AddRange(a[endA..].Select(static l => new Edit(' ', l)));
        return edits;
    }

    /// <summary>The longest common subsequence, by the usual table.</summary>
    private static void AddMiddle(List<Edit> edits, ReadOnlySpan<string> a, ReadOnlySpan<string> b)
    {
        var (i, j) = (0, 0);
        if ((long)a.Length * b.Length <= MaximumTable)
        {
            var common = new int[a.Length + 1, b.Length + 1];
            for (var x = a.Length - 1; x >= 0; x--)
                for (var y = b.Length - 1; y >= 0; y--)
                    common[x, y] = a[x] == b[y] ? common[x + 1, y + 1] + 1 : Math.Max(common[x + 1, y], common[x, y + 1]);
            while (i < a.Length && j < b.Length)
            {
                if (a[i] == b[j])
                {
                    edits.Add(new Edit(' ', a[i++]));
                    j++;
                }
                else if (common[i + 1, j] >= common[i, j + 1])
                {
                    edits.Add(new Edit('-', a[i++]));
                }
                else
                {
                    edits.Add(new Edit('+', b[j++]));
                }
            }
        }

        while (i < a.Length) edits.Add(new Edit('-', a[i++]));
        while (j < b.Length) edits.Add(new Edit('+', b[j++]));
    }

    private readonly record struct Edit(char Mark, string Line);
}
