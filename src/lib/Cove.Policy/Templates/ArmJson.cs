using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Json;
using Cove.Outcomes;

namespace Cove.Policy.Templates;

/// <summary>JSON as template files hold it (comments, trailing commas) to values and back.</summary>
internal static class ArmJson
{
    /// <summary>Largest template or parameters file, in bytes: the limit that Azure Resource Manager has too.</summary>
    internal const int MaxBytes = 4 * 1024 * 1024;

    /// <summary>Deepest nesting.</summary>
    internal const int MaxDepth = 64;

    private static readonly JsonDocumentOptions Options = new()
    {
        CommentHandling = JsonCommentHandling.Skip,
        AllowTrailingCommas = true,
        MaxDepth = MaxDepth,
    };

    /// <summary>Reads a document whose root is an object.</summary>
    /// <exception cref="MalformedException">Not JSON, too large, a name given twice, or not an object.</exception>
    internal static ArmObject ParseObject(ReadOnlyMemory<byte> json, string format)
    {
        if (json.Length > MaxBytes) throw new MalformedException(format, "document", $"is {json.Length} bytes, at most {MaxBytes} are read");
        if (json.Span.StartsWith("\uFEFF"u8)) json = json[3..];
        try
        {
            using var document = JsonDocument.Parse(json, Options);
            return ToValue(document.RootElement, format, "") as ArmObject
                ?? throw new MalformedException(format, "document", "is not a JSON object");
        }
        catch (JsonException e)
        {
            throw new MalformedException(format, "document", $"is not JSON at line {e.LineNumber + 1}, column {e.BytePositionInLine + 1}: {Reason(e)}", inner: e);
        }
        catch (InvalidOperationException e)
        {
            throw new MalformedException(format, "document", "holds text that is not UTF-8, or half of a surrogate pair", inner: e);
        }
    }

    /// <summary>Reads any JSON value, for the <c>json</c> function.</summary>
    /// <exception cref="JsonException">The text is not JSON.</exception>
    internal static ArmValue ParseText(string text)
    {
        using var document = JsonDocument.Parse(text, Options);
        try
        {
            return ToValue(document.RootElement, "JSON text", "");
        }
        catch (InvalidOperationException e)
        {
            throw new JsonException("half of a surrogate pair", e);
        }
    }

    /// <summary>Compact JSON of a value, for the <c>string</c> function.</summary>
    internal static string ToText(ArmValue value)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer, new JsonWriterOptions { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
            Write(writer, value);
        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }

    private static void Write(Utf8JsonWriter writer, ArmValue value)
    {
        switch (value)
        {
            case ArmBool flag: writer.WriteBooleanValue(flag.Value); break;
            case ArmNumber number: writer.WriteNumberValue(number.Value); break;
            case ArmText text: writer.WriteStringValue(text.Value); break;
            case ArmArray array:
                writer.WriteStartArray();
                foreach (var item in array.Items) Write(writer, item);
                writer.WriteEndArray();
                break;
            case ArmObject obj:
                writer.WriteStartObject();
                foreach (var (name, member) in obj.Members)
                {
                    writer.WritePropertyName(name);
                    Write(writer, member);
                }

                writer.WriteEndObject();
                break;
            default: writer.WriteNullValue(); break;
        }
    }

    private static ArmValue ToValue(JsonElement element, string format, string path)
    {
        switch (element.ValueKind)
        {
            case JsonValueKind.Object:
                var members = new List<KeyValuePair<string, ArmValue>>();
                var names = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
                foreach (var property in element.EnumerateObject())
                {
                    var at = path.Length == 0 ? property.Name : $"{path}.{property.Name}";
                    if (!names.Add(property.Name)) throw new MalformedException(format, at, "is given twice");
                    members.Add(KeyValuePair.Create(property.Name, ToValue(property.Value, format, at)));
                }

                return new ArmObject(members);
            case JsonValueKind.Array:
                return new ArmArray([.. element.EnumerateArray().Select((item, i) => ToValue(item, format, $"{path}[{i}]"))]);
            case JsonValueKind.String: return new ArmText(element.GetString()!);
            case JsonValueKind.True: return new ArmBool(true);
            case JsonValueKind.False: return new ArmBool(false);
            case JsonValueKind.Number:
                return decimal.TryParse(element.GetRawText(), NumberStyles.Float, CultureInfo.InvariantCulture, out var number)
                    ? new ArmNumber(number)
                    : throw new MalformedException(format, path, $"is a number out of range: {element.GetRawText()}");
            default: return ArmNull.Instance;
        }
    }

    // The serializer's own sentence repeats the position: keep what stands before it.
    private static string Reason(JsonException e)
    {
        var cut = e.Message.IndexOf(" LineNumber:", StringComparison.Ordinal);
        return cut < 0 ? e.Message : e.Message[..cut];
    }
}
