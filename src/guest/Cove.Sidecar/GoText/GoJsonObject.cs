using System.Text;
using System.Text.Json;

namespace Cove.Sidecar.GoText;

/// <summary>A field of a request body: its JSON name, the name errors call it, and whether a request without it is refused.</summary>
internal sealed record GoField(string Name, string GoName, bool Required);

/// <summary>
/// A request body that is a JSON object of strings, read as Go's decoder and gin's validator read it: the first JSON value counts and
/// what follows it is ignored, names match in any case, unknown names are ignored, the last of two wins, null is the same as absent.
/// </summary>
internal static class GoJsonObject
{
    /// <summary>The fields' values in their order; empty for one that is absent and not required.</summary>
    /// <exception cref="SkrFailureException">No JSON, JSON of another shape, or a required field is missing or empty.</exception>
    public static string[] Read(ReadOnlySpan<byte> body, string goType, params ReadOnlySpan<GoField> fields)
    {
        var values = Decode(body, goType, fields);
        var missing = new StringBuilder();
        for (var i = 0; i < fields.Length; i++)
        {
            if (!fields[i].Required || values[i].Length > 0) continue;
            if (missing.Length > 0) missing.Append('\n');
            var name = fields[i].GoName;
            missing.Append($"Key: '{goType}.{name}' Error:Field validation for '{name}' failed on the 'required' tag");
        }

        return missing.Length == 0 ? values : throw new SkrFailureException(missing.ToString());
    }

    private static string[] Decode(ReadOnlySpan<byte> body, string goType, ReadOnlySpan<GoField> fields)
    {
        if (body.IndexOfAnyExcept(" \t\r\n"u8) < 0) throw new SkrFailureException("EOF");
        var values = new string[fields.Length];
        Array.Fill(values, string.Empty);

        // The blank ends a number that stands alone, so that the reader need not wait for more of it.
        var reader = new Utf8JsonReader((byte[])[.. body, (byte)' '], isFinalBlock: false, state: default);
        try
        {
            return DecodeValue(ref reader, goType, fields, values) is { } wrongType ? throw new SkrFailureException(wrongType) : values;
        }
        catch (JsonException e)
        {
            throw new SkrFailureException($"invalid character at input byte {e.BytePositionInLine}", e);
        }
        catch (InvalidOperationException e)
        {
            throw new SkrFailureException("invalid UTF-8 in string", e);
        }
    }

    /// <summary>Reads to the end of the first value, as an error in its syntax goes before one in its types.</summary>
    private static string? DecodeValue(ref Utf8JsonReader reader, string goType, ReadOnlySpan<GoField> fields, string[] values)
    {
        Advance(ref reader);
        if (reader.TokenType == JsonTokenType.Null) return null;
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            var kind = Kind(reader.TokenType);
            Skip(ref reader);
            return $"json: cannot unmarshal {kind} into Go value of type httpginendpoints.{goType}";
        }

        string? wrongType = null;
        while (true)
        {
            Advance(ref reader);
            if (reader.TokenType == JsonTokenType.EndObject) return wrongType;
            var field = Find(fields, reader.GetString()!);
            Advance(ref reader);
            if (field >= 0 && reader.TokenType == JsonTokenType.String)
            {
                values[field] = reader.GetString()!;
            }
            else if (field >= 0 && reader.TokenType != JsonTokenType.Null)
            {
                wrongType ??= $"json: cannot unmarshal {Kind(reader.TokenType)} into Go struct field {goType}.{fields[field].Name} of type string";
            }

            Skip(ref reader);
        }
    }

    private static void Advance(ref Utf8JsonReader reader)
    {
        if (!reader.Read()) throw new SkrFailureException("unexpected EOF");
    }

    private static void Skip(ref Utf8JsonReader reader)
    {
        if (!reader.TrySkip()) throw new SkrFailureException("unexpected EOF");
    }

    private static int Find(ReadOnlySpan<GoField> fields, string name)
    {
        for (var i = 0; i < fields.Length; i++)
        {
            if (fields[i].Name.Equals(name, StringComparison.OrdinalIgnoreCase)) return i;
        }

        return -1;
    }

    private static string Kind(JsonTokenType token) => token switch
    {
        JsonTokenType.StartArray => "array",
        JsonTokenType.StartObject => "object",
        JsonTokenType.String => "string",
        JsonTokenType.Number => "number",
        _ => "bool",
    };
}
