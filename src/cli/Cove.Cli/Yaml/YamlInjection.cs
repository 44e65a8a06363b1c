using System.Text;
using Cove.Outcomes;

namespace Cove.Cli.Yaml;

/// <summary>Puts one text into a YAML file at a path of names, and touches nothing else of it.</summary>
internal static class YamlInjection
{
    /// <summary>What to replace.</summary>
    /// <param name="Start">First character.</param>
    /// <param name="Length">How many.</param>
    /// <param name="Replacement">What comes instead.</param>
    internal sealed record Splice(int Start, int Length, string Replacement);

    /// <summary>Finds what to replace so that <paramref name="path"/> of the document has the value.</summary>
    /// <exception cref="MalformedException">Something on the way is no mapping, or is written in one line.</exception>
    public static Splice Find(YamlNode document, IReadOnlyList<string> path, string value)
    {
        var quoted = $"\"{value}\"";
        var at = document;
        for (var i = 0; i < path.Count; i++)
        {
            if (at is not YamlMapping mapping) throw Cannot(path, i, "is no mapping");
            switch (mapping[path[i]])
            {
                case null or YamlScalar { IsPlain: true, Value: "" } when mapping.IsFlow || mapping.Entries.Count == 0:
                    throw Cannot(path, i, "is written in one line ({…}): write it in lines of its own");
                case null:
                    return new Splice(mapping.Start, 0, Lines(path.Skip(i), mapping.Column, quoted) + new string(' ', mapping.Column));
                case YamlScalar old when i == path.Count - 1:
                    return new Splice(old.Start, old.End - old.Start, (old.Start == old.End ? " " : "") + quoted);
                case var inner:
                    at = inner;
                    break;
            }
        }

        throw Cannot(path, path.Count - 1, "holds more than a text");
    }

    /// <summary>Applies splices, none of which overlap.</summary>
    public static string Apply(string text, IEnumerable<Splice> splices)
    {
        var result = new StringBuilder(text);
        foreach (var splice in splices.OrderByDescending(splice => splice.Start)) result.Remove(splice.Start, splice.Length).Insert(splice.Start, splice.Replacement);
        return result.ToString();
    }

    // The first line stands where the mapping's first name stood, whose indentation it takes over.
    private static string Lines(IEnumerable<string> names, int column, string value)
    {
        string[] all = [.. names];
        var lines = new StringBuilder();
        for (var i = 0; i < all.Length; i++)
        {
            if (i > 0) lines.Append(' ', column + (2 * i));
            lines.Append(all[i]).Append(':').Append(i == all.Length - 1 ? $" {value}\n" : "\n");
        }

        return lines.ToString();
    }

    private static MalformedException Cannot(IReadOnlyList<string> path, int at, string problem) => new("YAML", string.Join('.', path.Take(at + 1)), problem);
}
