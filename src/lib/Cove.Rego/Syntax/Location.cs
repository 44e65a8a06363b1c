namespace Cove.Rego.Syntax;

/// <summary>One module's or query's text with the name that error messages give it.</summary>
internal sealed class SourceText(string file, Func<string, string> textOf)
{
    private string? _text;

    public SourceText(string file, string text)
        : this(file, static _ => "") => _text = text;

    public string File { get; } = file;

    /// <summary>The text; of a module that was analysed before it is fetched when a message first shows it.</summary>
    public string Text => _text ??= textOf(File);

    /// <summary>The text of a row counted from 1, without its line end.</summary>
    public string Line(int row)
    {
        var start = 0;
        for (var i = 1; i < row; i++)
        {
            var next = Text.IndexOf('\n', start);
            if (next < 0) return "";
            start = next + 1;
        }

        var end = Text.IndexOf('\n', start);
        return (end < 0 ? Text[start..] : Text[start..end]).TrimEnd('\r');
    }
}

/// <summary>Where a piece of source starts, and how far it goes. Rows and columns count from 1, columns in code points; column 0 is the end of the text.</summary>
internal sealed class Location(SourceText source, int offset, int row, int column)
{
    public static Location None { get; } = new(new SourceText("", ""), 0, 0, 0);

    public SourceText Source { get; } = source;

    public int Offset { get; } = offset;

    public int Row { get; } = row;

    public int Column { get; } = column;

    /// <summary>The offset behind the last token, once known.</summary>
    public int End { get; set; } = offset;

    public string File => Source.File;

    public string Text => Source.Text[Offset..Math.Max(Offset, Math.Min(End, Source.Text.Length))];
}
