namespace Cove.Cli.Output;

/// <summary>Text broken at spaces to a width.</summary>
internal static class TextFlow
{
    /// <summary>Lines of at most <paramref name="width"/> characters; a longer word stands alone. Line ends in the text stay. Never empty.</summary>
    public static List<string> Wrap(string text, int width)
    {
        var lines = new List<string>();
        foreach (var given in text.Split('\n'))
        {
            var line = "";
            foreach (var word in given.Split(' ', StringSplitOptions.RemoveEmptyEntries))
            {
                if (line.Length > 0 && line.Length + 1 + word.Length > width)
                {
                    lines.Add(line);
                    line = "";
                }

                line = line.Length == 0 ? word : $"{line} {word}";
            }

            lines.Add(line);
        }

        return lines;
    }
}
