using System.Text;

namespace Cove.Cli.Output;

/// <summary>Columns of short words, aligned by spaces, with a heading: as much a table as a terminal and <c>awk</c> both like.</summary>
internal sealed class Table(params string[] headings)
{
    private const string Gap = "  ";
    private readonly List<string[]> rows = [];

    public void Row(params string[] cells)
    {
        if (cells.Length != headings.Length) throw new ArgumentException($"a row has {headings.Length} cells", nameof(cells));
        rows.Add(cells);
    }

    /// <summary>Writes heading and rows; the last column is as long as it needs to be.</summary>
    public void WriteTo(Page page, string indent = "")
    {
        var shown = rows.ConvertAll(row => Array.ConvertAll(row, page.Printable));
        var widths = headings.Select((heading, i) => Math.Max(heading.Length, shown.Count == 0 ? 0 : shown.Max(row => VisibleLength(row[i])))).ToArray();
        page.Line(indent + page.Faint(Join(headings, widths)));
        foreach (var row in shown) page.Line(indent + Join(row, widths));
    }

    private static string Join(string[] cells, int[] widths)
    {
        var line = new StringBuilder();
        for (var i = 0; i < cells.Length; i++)
        {
            line.Append(cells[i]);
            if (i < cells.Length - 1) line.Append(' ', widths[i] - VisibleLength(cells[i])).Append(Gap);
        }

        return line.ToString().TrimEnd();
    }

    // Colour codes take no room.
    private static int VisibleLength(string text)
    {
        var length = 0;
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] == '\e' && text.IndexOf('m', i) is var end and > 0) i = end;
            else if (!char.IsLowSurrogate(text[i])) length++;
        }

        return length;
    }
}
