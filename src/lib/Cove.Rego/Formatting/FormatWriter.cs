using System.Text;
using Cove.Rego.Syntax;

namespace Cove.Rego.Formatting;

/// <summary>
/// Formatted text as it grows, line by line. Comments find their places by where they stood in the source: before the line that follows them, or at the
/// end of the line that they stood on. No comment is lost, whatever it stood in.
/// </summary>
internal sealed class FormatWriter
{
    private readonly StringBuilder output = new();
    private readonly List<Comment> comments;
    private readonly List<int> lineStarts = [0];
    private int next;
    private int lastRow;
    private bool isLineOpen;
    private bool isBlockStart = true;

    public FormatWriter(SourceText source, List<Comment> comments)
    {
        this.comments = comments;
        for (var i = source.Text.IndexOf('\n', StringComparison.Ordinal); i >= 0; i = source.Text.IndexOf('\n', i + 1)) lineStarts.Add(i + 1);
    }

    /// <summary>How deep lines are indented.</summary>
    public int Level { get; private set; }

    /// <summary>The source row, from 0, of an offset.</summary>
    public int Row(int offset)
    {
        var at = lineStarts.BinarySearch(offset);
        return at >= 0 ? at : ~at - 1;
    }

    public bool AreOnOneRow(int start, int end) => Row(start) == Row(end);

    public void Write(string text)
    {
        if (!isLineOpen)
        {
            output.Append('\t', Level);
            isLineOpen = true;
            isBlockStart = false;
        }

        output.Append(text);
    }

    /// <summary>Begins the line of something that stood at an offset: the comments before it first, and one blank line where the source had some.</summary>
    public void BeginLine(int offset, bool keepBlank = true)
    {
        Comments(offset, keepBlank);
        if (keepBlank) Space(Row(offset));
        lastRow = Row(offset);
    }

    /// <summary>Writes the comments that stood before an offset, each on a line of its own.</summary>
    public void Comments(int offset, bool keepBlank = true)
    {
        for (; next < comments.Count && comments[next].Location.Offset < offset; next++)
        {
            var row = Row(comments[next].Location.Offset);
            if (keepBlank) Space(row);
            Write(Text(comments[next]));
            Break();
            lastRow = row;
        }
    }

    /// <summary>Ends the line of something that stood up to an offset, with the comment that stood behind it or inside.</summary>
    /// <param name="end">The offset behind what the line holds.</param>
    /// <param name="indent">Whether a block starts here, so that the next lines stand deeper.</param>
    public void EndLine(int end, bool indent = false)
    {
        lastRow = Math.Max(lastRow, Row(end));
        if (next < comments.Count && (comments[next].Location.Offset < end || Row(comments[next].Location.Offset) == Row(end))) Write(" " + Text(comments[next++]));
        Break();
        if (indent) Indent();
        // What else stood inside or behind follows on lines of its own.
        while (next < comments.Count && (comments[next].Location.Offset < end || Row(comments[next].Location.Offset) == Row(end)))
            Comments(comments[next].Location.Offset + 1, keepBlank: false);
        lastRow = Math.Max(lastRow, Row(end));
    }

    /// <summary>A blank line, unless there is one or nothing was written yet.</summary>
    public void Blank()
    {
        if (!isBlockStart) output.Append('\n');
        isBlockStart = true;
    }

    public void Indent()
    {
        Level++;
        isBlockStart = true;
    }

    public void Outdent() => Level--;

    /// <summary>True where a comment waits inside a range and outside those of its parts.</summary>
    public bool HasComment(Range whole, List<Range> parts)
    {
        for (var i = next; i < comments.Count && comments[i].Location.Offset < whole.End; i++)
        {
            var at = comments[i].Location.Offset;
            if (at >= whole.Start && !parts.Exists(p => p.Start <= at && at < p.End)) return true;
        }

        return false;
    }

    /// <summary>True where a comment waits before an offset.</summary>
    public bool HasCommentBefore(int offset) => next < comments.Count && comments[next].Location.Offset < offset;

    /// <summary>The row of the next comment; the last possible one where none is left.</summary>
    public int NextCommentRow => next < comments.Count ? Row(comments[next].Location.Offset) : int.MaxValue;

    public string Finish()
    {
        while (output.Length > 0 && output[^1] == '\n') output.Length--;
        return output.Append('\n').ToString();
    }

    private static string Text(Comment comment) => "#" + comment.Text.TrimEnd();

    private void Space(int row)
    {
        if (row - lastRow > 1) Blank();
    }

    private void Break()
    {
        output.Append('\n');
        isLineOpen = false;
    }
}

/// <summary>From an offset of the source to the one behind.</summary>
internal readonly record struct Range(int Start, int End);
