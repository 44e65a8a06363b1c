using System.Globalization;
using System.Text;

namespace Cove.Cli.Tests;

/// <summary>
/// One command and what it said, as written in <c>Transcripts/*.txt</c>. The line <c>$ cove …</c> is the command, lines that follow
/// are standard output, lines after <c>! </c> standard error, <c>= N</c> an exit code other than 0. <c>[..]</c> stands for
/// anything on one line. A line <c># Title</c> above the command puts it into docs/cli.md. A line <c>@ name path</c> before the first
/// command puts a file of the shared vectors on the desk; without the vectors the whole file is skipped.
/// </summary>
internal sealed record Transcript(string File, int Line, string? Title, string Command, string Out, string Error, int Exit)
{
    public string[] Words => Split(Command)[1..];

    public static string Folder => Repository.Path("tests", "Cove.Cli.Tests", "Transcripts");

    public static IReadOnlyList<Transcript> All() =>
        [.. Directory.GetFiles(Folder, "*.txt").Order(StringComparer.Ordinal).SelectMany(Read)];

    public static IEnumerable<Transcript> Read(string file)
    {
        var lines = System.IO.File.ReadAllLines(file);
        string? title = null;
        for (var i = 0; i < lines.Length; i++)
        {
            if (lines[i].StartsWith("# ", StringComparison.Ordinal)) title = lines[i][2..];
            if (!lines[i].StartsWith("$ ", StringComparison.Ordinal)) continue;
            var (start, output, error, exit) = (i, new StringBuilder(), new StringBuilder(), 0);
            while (i + 1 < lines.Length && !lines[i + 1].StartsWith("$ ", StringComparison.Ordinal) && !lines[i + 1].StartsWith("# ", StringComparison.Ordinal))
            {
                var line = lines[++i];
                if (line.StartsWith("! ", StringComparison.Ordinal)) error.Append(line[2..]).Append('\n');
                else if (line.StartsWith("= ", StringComparison.Ordinal)) exit = int.Parse(line[2..], System.Globalization.CultureInfo.InvariantCulture);
                else output.Append(line).Append('\n');
            }

            var text = output.ToString().TrimEnd('\n');
            yield return new(System.IO.Path.GetFileName(file), start + 1, title, lines[start][2..], text.Length == 0 ? "" : text + "\n", error.ToString(), exit);
            title = null;
        }
    }

    /// <summary>The files of the shared vectors that a transcript file begins with: name on the desk, path below the vectors.</summary>
    public static IEnumerable<(string Line, string Name, string Path, int? Length)> VectorsOf(string file) =>
        System.IO.File.ReadLines(file).TakeWhile(line => line.StartsWith("@ ", StringComparison.Ordinal)).Select(line => (Line: line, Words: line.Split(' ')))
            .Select(read => (read.Line, read.Words[1], read.Words[2], read.Words.Length > 3 ? int.Parse(read.Words[3], CultureInfo.InvariantCulture) : (int?)null));

    public string Render(Said said)
    {
        var text = new StringBuilder();
        if (Title is not null) text.Append("# ").Append(Title).Append('\n');
        text.Append("$ ").Append(Command).Append('\n').Append(said.Out);
        foreach (var line in said.Error.Split('\n', StringSplitOptions.RemoveEmptyEntries)) text.Append("! ").Append(line).Append('\n');
        if (said.Exit != 0) text.Append("= ").Append(said.Exit).Append('\n');
        return text.Append('\n').ToString();
    }

    /// <summary>Whether a text is the expected one, with <c>[..]</c> for anything on one line.</summary>
    public static bool Matches(string expected, string actual)
    {
        var (want, got) = (expected.Split('\n'), actual.Split('\n'));
        return want.Length == got.Length && want.Zip(got).All(pair => LineMatches(pair.First, pair.Second));
    }

    private static bool LineMatches(string expected, string actual)
    {
        var parts = expected.Split("[..]");
        if (parts.Length == 1) return expected == actual;
        if (!actual.StartsWith(parts[0], StringComparison.Ordinal) || !actual.EndsWith(parts[^1], StringComparison.Ordinal)) return false;
        var at = parts[0].Length;
        foreach (var part in parts[1..^1])
        {
            at = actual.IndexOf(part, at, StringComparison.Ordinal);
            if (at < 0) return false;
            at += part.Length;
        }

        return at + parts[^1].Length <= actual.Length;
    }

    // Words as a shell would split them: spaces, and single quotes around a word with spaces.
    private static string[] Split(string command)
    {
        var words = new List<string>();
        var word = new StringBuilder();
        var quoted = false;
        foreach (var c in command + " ")
        {
            if (c == '\'') quoted = !quoted;
            else if (c != ' ' || quoted) word.Append(c);
            else if (word.Length > 0)
            {
                words.Add(word.ToString());
                word.Clear();
            }
        }

        return [.. words];
    }
}
