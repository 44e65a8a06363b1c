using System.Globalization;
using System.Text;
using Cove.Rego.Values;

namespace Cove.Rego.Builtins;

/// <summary>
/// Reads the first document of YAML 1.1 text: block and flow collections, plain, quoted, literal and folded scalars, anchors, aliases and merge keys.
/// </summary>
internal sealed partial class YamlReader
{
    private const int MaxDepth = 500;
    private const int MaxAliases = 10_000;
    private readonly List<Line> _lines = [];
    private readonly Dictionary<string, RegoValue> _anchors = [];
    private int _at;
    private int _depth;
    private int _aliases;

    private YamlReader(string text)
    {
        foreach (var raw in text.Split('\n'))
        {
            var line = raw.TrimEnd('\r');
            if (line.StartsWith("---", StringComparison.Ordinal) && (line.Length == 3 || line[3] is ' ' or '\t'))
            {
                if (_lines.Exists(static l => !l.IsBlank)) break;
                line = "   " + line[3..];
            }

            if (line == "..." || (line.StartsWith('%') && _lines.Count == 0)) continue;
            _lines.Add(new Line(line));
        }
    }

    /// <exception cref="FormatException">The text is not YAML.</exception>
    public static RegoValue Read(string text)
    {
        var reader = new YamlReader(text);
        reader.SkipBlank();
        if (reader._at >= reader._lines.Count) return RegoValue.Null;
        var value = reader.Node(reader._lines[reader._at].Indent);
        reader.SkipBlank();
        if (reader._at < reader._lines.Count) throw Bad("did not find expected <document start>");
        return value;
    }

    private static FormatException Bad(string problem) => new("yaml: " + problem);

    private void SkipBlank()
    {
        while (_at < _lines.Count && _lines[_at].IsBlank) _at++;
    }

    private RegoValue Node(int indent)
    {
        if (++_depth > MaxDepth) throw Bad("exceeded max depth");
        var line = _lines[_at];
        var value = line.Content.StartsWith("- ", StringComparison.Ordinal) || line.Content == "-" ? Sequence(indent)
            : KeyEnd(line.Content) >= 0 ? Mapping(indent)
            : Scalar(line.Content, indent);
        _depth--;
        return value;
    }

    private RegoArray Sequence(int indent)
    {
        var items = new List<RegoValue>();
        for (SkipBlank(); _at < _lines.Count && _lines[_at].Indent == indent; SkipBlank())
        {
            var content = _lines[_at].Content;
            if (content != "-" && !content.StartsWith("- ", StringComparison.Ordinal)) break;
            var rest = content.Length > 1 ? content[2..] : "";
            var offset = content.Length > 1 ? 2 + rest.Length - rest.TrimStart().Length : 2;
            items.Add(Value(rest.Trim(), indent, indent + offset));
        }

        if (_at < _lines.Count && _lines[_at].Indent > indent) throw Bad("did not find expected '-' indicator");
        return new RegoArray([.. items]);
    }

    /// <summary>What stands behind "- " or "key:": here, or in the lines below.</summary>
    private RegoValue Value(string rest, int indent, int inlineIndent)
    {
        var anchor = Properties(ref rest);
        RegoValue value;
        if (rest.Length == 0 || rest[0] == '#')
        {
            _at++;
            SkipBlank();
            var isDeeper = _at < _lines.Count && (_lines[_at].Indent > indent || (_lines[_at].Indent == indent && inlineIndent < 0 && IsItem(_lines[_at].Content)));
            value = isDeeper ? Node(_lines[_at].Indent) : RegoValue.Null;
        }
        else if (inlineIndent >= 0 && (IsItem(rest) || KeyEnd(rest) >= 0))
        {
            _lines[_at] = new Line(new string(' ', inlineIndent) + rest);
            value = Node(inlineIndent);
        }
        else
        {
            if (inlineIndent < 0 && KeyEnd(rest) >= 0 && rest[0] is not ('{' or '[' or '"' or '\'')) throw Bad("mapping values are not allowed in this context");
            value = Scalar(rest, indent);
        }

        if (anchor is not null) _anchors[anchor] = value;
        return value;
    }

    private static bool IsItem(string content) => content == "-" || content.StartsWith("- ", StringComparison.Ordinal);

    private static string? Properties(ref string rest)
    {
        string? anchor = null;
        while (rest.Length > 0 && rest[0] is '&' or '!')
        {
            var end = rest.IndexOf(' ', StringComparison.Ordinal);
            var word = end < 0 ? rest : rest[..end];
            if (word[0] == '&') anchor = word[1..];
            rest = end < 0 ? "" : rest[(end + 1)..].TrimStart();
        }

        return anchor;
    }

    private RegoObject Mapping(int indent)
    {
        var own = new ObjectBuilder();
        var merged = new ObjectBuilder();
        for (SkipBlank(); _at < _lines.Count && _lines[_at].Indent == indent; SkipBlank())
        {
            var content = _lines[_at].Content;
            var end = KeyEnd(content);
            if (end < 0) throw Bad("could not find expected ':'");
            var keyText = content[..end].TrimEnd();
            var key = new Flow(keyText, this).Whole();
            var value = Value(content[(end + 1)..].Trim(), indent, -1);
            if (keyText == "<<") Merge(merged, value);
            else own.Set(Key(key), value);
        }

        if (_at < _lines.Count && _lines[_at].Indent > indent) throw Bad("did not find expected key");
        var result = merged.Build();
        foreach (var (key, value) in own.Build().Entries()) merged.Set(key, value);
        return result.Count == 0 ? own.Build() : merged.Build();
    }

    private static void Merge(ObjectBuilder into, RegoValue value)
    {
        foreach (var part in value is RegoArray list ? list.Items : [value])
        {
            if (part is not RegoObject obj) throw Bad("map merge requires map or sequence of maps as the value");
            for (var i = 0; i < obj.Count; i++) into.TryAdd(obj.RawKey(i), obj.RawValue(i));
        }
    }

    /// <summary>Keys are strings: others become their text.</summary>
    private static RegoValue Key(RegoValue key) => key is RegoString ? key : RegoValue.Of(key.ToJson());

    private RegoValue Scalar(string content, int indent)
    {
        if (content[0] is '|' or '>') return BlockText(content, indent);
        if (content[0] == '*')
        {
            _at++;
            return Alias(content[1..].Split(' ')[0]);
        }

        var text = new StringBuilder(content);
        _at++;
        // A quoted or flow value goes on until it is closed, a plain one as long as lines are deeper.
        while (content[0] is '"' or '\'' or '[' or '{' ? !Flow.IsClosed(text.ToString()) : _at < _lines.Count && !_lines[_at].IsBlank && _lines[_at].Indent > indent)
        {
            if (_at >= _lines.Count) throw Bad(content[0] is '[' or '{' ? "did not find expected ',' or ']'" : "found unexpected end of stream");
            text.Append(' ').Append(_lines[_at++].Content);
        }

        return new Flow(text.ToString(), this).Whole();
    }

    private RegoValue Alias(string name)
    {
        if (++_aliases > MaxAliases) throw Bad("document contains excessive aliasing");
        return _anchors.TryGetValue(name, out var value) ? value : throw Bad($"unknown anchor '{name}' referenced");
    }

    private RegoString BlockText(string header, int indent)
    {
        _at++;
        var lines = new List<string>();
        var inner = -1;
        for (; _at < _lines.Count && (_lines[_at].Raw.Trim().Length == 0 || _lines[_at].Indent > indent || (indent == 0 && inner < 0 && _lines[_at].Indent > 0)); _at++)
        {
            var raw = _lines[_at].Raw;
            if (inner < 0 && raw.Trim().Length > 0) inner = raw.Length - raw.TrimStart(' ').Length;
            lines.Add(raw.Length >= inner && inner >= 0 ? raw[inner..] : raw.TrimStart(' '));
        }

        var trailing = lines.Count;
        while (trailing > 0 && lines[trailing - 1].Length == 0) trailing--;
        var body = lines.GetRange(0, trailing);
        var text = header[0] == '|' ? string.Join('\n', body) : Fold(body);
        if (header.Contains('+', StringComparison.Ordinal)) text += new string('\n', Math.Max(1, lines.Count - trailing + 1));
        else if (!header.Contains('-', StringComparison.Ordinal) && body.Count > 0) text += "\n";
        return new RegoString(text);
    }

    private static string Fold(List<string> lines)
    {
        var output = new StringBuilder();
        for (var i = 0; i < lines.Count; i++)
        {
            if (i > 0) output.Append(lines[i].Length == 0 || lines[i][0] == ' ' || lines[i - 1].StartsWith(' ') ? "\n" : lines[i - 1].Length == 0 ? "" : " ");
            output.Append(lines[i]);
        }

        return output.ToString();
    }

    /// <summary>Where the ":" behind a key is, or -1 when the text is no key.</summary>
    private static int KeyEnd(string content)
    {
        if (content.Length == 0 || content[0] is '#' or '|' or '>') return -1;
        var i = 0;
        if (content[0] is '"' or '\'')
        {
            i = Flow.QuoteEnd(content, 0);
            if (i < 0) return -1;
            while (i < content.Length && content[i] == ' ') i++;
            return i < content.Length && content[i] == ':' && (i + 1 == content.Length || content[i + 1] is ' ' or '\t') ? i : -1;
        }

        if (content[0] is '[' or '{') return -1;
        for (; i < content.Length; i++)
        {
            if (content[i] == '#' && i > 0 && content[i - 1] == ' ') return -1;
            if (content[i] == ':' && (i + 1 == content.Length || content[i + 1] is ' ' or '\t')) return i;
        }

        return -1;
    }

    private readonly record struct Line(string Raw)
    {
        public int Indent => Raw.Length - Raw.TrimStart(' ').Length;

        public string Content => Raw.Trim();

        public bool IsBlank => Content.Length == 0 || Content[0] == '#';
    }
}
