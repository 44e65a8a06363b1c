using System.Text;
using Cove.Outcomes;
using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace Cove.Cli.Yaml;

/// <summary>Reads YAML into nodes that know where they stand, so that one value can be changed and the rest, comments and all, stays.</summary>
internal sealed class YamlText
{
    /// <summary>Largest file that is read, in bytes.</summary>
    public const int MaxBytes = 4 * 1024 * 1024;

    private const string Format = "YAML";
    private const int MaxDepth = 64;

    private readonly IParser parser;
    private readonly Dictionary<string, YamlNode> anchors = new(StringComparer.Ordinal);

    private YamlText(string text) => parser = new Parser(new StringReader(text));

    /// <summary>The documents of a text; empty ones are left out.</summary>
    /// <exception cref="MalformedException">It is not YAML, or over the limits.</exception>
    public static IReadOnlyList<YamlNode> Parse(string text)
    {
        if (text.Length > MaxBytes) throw new MalformedException(Format, "document", $"is {text.Length} characters, at most {MaxBytes}");
        try
        {
            return new YamlText(text).Documents();
        }
        catch (YamlException bad)
        {
            throw new MalformedException(Format, $"line {bad.Start.Line}, column {bad.Start.Column}", bad.Message, inner: bad);
        }
    }

    /// <summary>The text of a file.</summary>
    /// <exception cref="MalformedException">It is not UTF-8.</exception>
    public static string Decode(ReadOnlySpan<byte> bytes)
    {
        try
        {
            return new UTF8Encoding(false, throwOnInvalidBytes: true).GetString(bytes);
        }
        catch (DecoderFallbackException bad)
        {
            throw new MalformedException(Format, "document", "is not UTF-8", bad.Index, bad);
        }
    }

    private List<YamlNode> Documents()
    {
        var documents = new List<YamlNode>();
        parser.Consume<StreamStart>();
        while (!parser.TryConsume<StreamEnd>(out _))
        {
            parser.Consume<DocumentStart>();
            anchors.Clear();
            var node = Node(0);
            parser.Consume<DocumentEnd>();
            if (node is not YamlScalar { IsPlain: true, Value: "" }) documents.Add(node);
        }

        return documents;
    }

    private YamlNode Node(int depth)
    {
        if (depth > MaxDepth) throw Bad(parser.Current!, $"is nested deeper than {MaxDepth}");
        switch (parser.Current)
        {
            case AnchorAlias alias:
                parser.MoveNext();
                return anchors.TryGetValue(alias.Value.Value, out var known) ? known : throw Bad(alias, $"refers to *{alias.Value.Value}, which is not defined before");
            case Scalar scalar:
                parser.MoveNext();
                return Anchored(scalar, Read(scalar));
            case SequenceStart start:
                return Anchored(start, Sequence(start, depth));
            case MappingStart start:
                return Anchored(start, Mapping(start, depth));
            default:
                throw Bad(parser.Current!, "is not a value");
        }
    }

    private static YamlScalar Read(Scalar scalar)
    {
        var tag = scalar.Tag.IsEmpty ? "" : scalar.Tag.Value;
        var plain = scalar.Style == ScalarStyle.Plain && tag is not ("!" or "tag:yaml.org,2002:str");
        if (tag is not ("" or "!") && !tag.StartsWith("tag:yaml.org,2002:", StringComparison.Ordinal)) throw Bad(scalar, $"has the tag {tag}, which is not handled");
        return new YamlScalar(scalar.Value, plain, (int)scalar.Start.Index, (int)scalar.End.Index, (int)scalar.Start.Column - 1);
    }

    private YamlSequence Sequence(SequenceStart start, int depth)
    {
        parser.MoveNext();
        var items = new List<YamlNode>();
        SequenceEnd end;
        while (!parser.TryConsume(out end!)) items.Add(Node(depth + 1));
        return new YamlSequence(items, (int)start.Start.Index, (int)end.End.Index, (int)start.Start.Column - 1);
    }

    private YamlMapping Mapping(MappingStart start, int depth)
    {
        parser.MoveNext();
        var entries = new List<KeyValuePair<YamlScalar, YamlNode>>();
        var names = new HashSet<string>(StringComparer.Ordinal);
        MappingEnd end;
        while (!parser.TryConsume(out end!))
        {
            var key = parser.Current is Scalar scalar ? Read(scalar) : throw Bad(parser.Current!, "is no text where a name was expected");
            parser.MoveNext();
            if (!names.Add(key.Value)) throw Bad(scalar, $"is the name '{key.Value}' a second time");
            entries.Add(new(key, Node(depth + 1)));
        }

        return new YamlMapping(entries, start.Style == MappingStyle.Flow, (int)start.Start.Index, (int)end.End.Index, (int)start.Start.Column - 1);
    }

    private YamlNode Anchored(NodeEvent from, YamlNode node)
    {
        if (!from.Anchor.IsEmpty) anchors[from.Anchor.Value] = node;
        return node;
    }

    private static MalformedException Bad(ParsingEvent at, string problem) => new(Format, $"line {at.Start.Line}, column {at.Start.Column}", problem);
}
