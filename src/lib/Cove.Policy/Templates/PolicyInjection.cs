using System.Text;
using System.Text.Json;

namespace Cove.Policy.Templates;

/// <summary>Puts a policy into the text of a template at <c>properties.confidentialComputeProperties.ccePolicy</c> of a resource.</summary>
internal static class PolicyInjection
{
    /// <summary>Bytes to replace: where they start, how many, and what comes instead.</summary>
    internal sealed record Splice(int Start, int Length, byte[] Replacement);

    /// <summary>Finds what to replace in the resource at a path.</summary>
    internal static Splice Find(byte[] text, IReadOnlyList<string> resource, string base64)
    {
        var skip = text.AsSpan().StartsWith("\uFEFF"u8) ? 3 : 0;
        var reader = new Utf8JsonReader(text.AsSpan(skip), new JsonReaderOptions { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true, MaxDepth = ArmJson.MaxDepth });
        reader.Read();
        foreach (var segment in resource) Enter(ref reader, segment);

        var value = $"\"{base64}\"";
        if (!TryEnter(ref reader, "properties")) throw new InvalidOperationException("the resource has no properties");
        var properties = skip + (int)reader.TokenStartIndex;
        var propertiesIndent = Indent(text, properties);
        if (!TryEnter(ref reader, "confidentialComputeProperties"))
            return Insert(text, properties, propertiesIndent, inner => $"\"confidentialComputeProperties\": {{{inner}  \"ccePolicy\": {value}{inner}}}");
        var cce = skip + (int)reader.TokenStartIndex;
        if (reader.TokenType != JsonTokenType.StartObject)
            return new Splice(cce, (int)reader.BytesConsumed + skip - cce, Encoding.UTF8.GetBytes($"{{ \"ccePolicy\": {value} }}"));
        if (!TryEnter(ref reader, "ccePolicy"))
            return Insert(text, cce, Indent(text, cce), _ => $"\"ccePolicy\": {value}");
        var start = skip + (int)reader.TokenStartIndex;
        return new Splice(start, (int)reader.BytesConsumed + skip - start, Encoding.UTF8.GetBytes(value));
    }

    /// <summary>Applies splices, none of which overlap.</summary>
    internal static byte[] Apply(byte[] text, IEnumerable<Splice> splices)
    {
        var result = new List<byte>(text.Length);
        var at = 0;
        foreach (var splice in splices.OrderBy(splice => splice.Start))
        {
            result.AddRange(text.AsSpan(at, splice.Start - at));
            result.AddRange(splice.Replacement);
            at = splice.Start + splice.Length;
        }

        result.AddRange(text.AsSpan(at));
        return [.. result];
    }

    // A new first member of the object that opens here, on its own line where the object's members are.
    private static Splice Insert(byte[] text, int open, string indent, Func<string, string> member)
    {
        var after = open + 1;
        while (after < text.Length && text[after] is (byte)' ' or (byte)'\t' or (byte)'\r' or (byte)'\n') after++;
        var isEmpty = text[after] == '}';
        var inner = $"{indent}  ";
        var tail = isEmpty ? indent : "";
        return new Splice(open + 1, 0, Encoding.UTF8.GetBytes($"{inner}{member(inner)}{(isEmpty ? "" : ",")}{tail}"));
    }

    // The line break and the indentation of the line that a position stands on.
    private static string Indent(byte[] text, int at)
    {
        var line = Array.LastIndexOf(text, (byte)'\n', at);
        if (line < 0) return "";
        var end = line + 1;
        while (end < at && text[end] is (byte)' ' or (byte)'\t') end++;
        var newline = line > 0 && text[line - 1] == '\r' ? "\r\n" : "\n";
        return newline + Encoding.UTF8.GetString(text, line + 1, end - line - 1);
    }

    private static void Enter(ref Utf8JsonReader reader, string segment)
    {
        if (!TryEnter(ref reader, segment)) throw new InvalidOperationException($"the template has no '{segment}' where a resource was read from");
    }

    // From the start of an object or array to the start of one member's or element's value.
    private static bool TryEnter(ref Utf8JsonReader reader, string segment)
    {
        if (reader.TokenType == JsonTokenType.StartArray)
        {
            var wanted = int.Parse(segment, System.Globalization.CultureInfo.InvariantCulture);
            for (var i = 0; reader.Read() && reader.TokenType != JsonTokenType.EndArray; i++)
            {
                if (i == wanted) return true;
                reader.Skip();
            }

            return false;
        }

        if (reader.TokenType != JsonTokenType.StartObject) return false;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var found = string.Equals(reader.GetString(), segment, StringComparison.OrdinalIgnoreCase);
            reader.Read();
            if (found) return true;
            reader.Skip();
        }

        return false;
    }
}
