using System.Text.Encodings.Web;
using System.Text.Json;
using Cove.Attestation.Maa.Policies;

namespace Cove.Attestation.Maa.JmesPath;

/// <summary>
/// JSON values as the language computes with them: null, <see cref="bool"/>, <see cref="decimal"/>, <see cref="string"/>, a list, or an
/// ordered dictionary.
/// </summary>
internal static class JmesValues
{
    private static readonly JsonWriterOptions Plain = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static object? FromJson(JsonElement element) => element.ValueKind switch
    {
        JsonValueKind.Null => null,
        JsonValueKind.True => true,
        JsonValueKind.False => false,
        JsonValueKind.String => element.GetString(),
        JsonValueKind.Number => element.TryGetDecimal(out var number) ? number : throw new PolicyEvaluationException("a JSON number is out of range"),
        JsonValueKind.Array => element.EnumerateArray().Select(FromJson).ToList(),
        _ => Object(element.EnumerateObject().Select(member => new KeyValuePair<string, object?>(member.Name, FromJson(member.Value)))),
    };

    public static OrderedDictionary<string, object?> Object(IEnumerable<KeyValuePair<string, object?>> members) => new(members, StringComparer.Ordinal);

    public static string ToJson(object? value)
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer, Plain)) Write(json, value);
        return System.Text.Encoding.UTF8.GetString(buffer.GetBuffer(), 0, (int)buffer.Length);
    }

    public static bool IsTrue(object? value) => value switch
    {
        null or false or "" => false,
        List<object?> list => list.Count > 0,
        OrderedDictionary<string, object?> members => members.Count > 0,
        _ => true,
    };

    public static bool AreEqual(object? left, object? right) => (left, right) switch
    {
        (List<object?> a, List<object?> b) => a.Count == b.Count && a.Zip(b, AreEqual).All(same => same),
        (OrderedDictionary<string, object?> a, OrderedDictionary<string, object?> b) => a.Count == b.Count && a.All(member => b.TryGetValue(member.Key, out var other) && AreEqual(member.Value, other)),
        _ => Equals(left, right),
    };

    private static void Write(Utf8JsonWriter json, object? value)
    {
        switch (value)
        {
            case null: json.WriteNullValue(); break;
            case bool truth: json.WriteBooleanValue(truth); break;
            case decimal number: json.WriteNumberValue(number); break;
            case string text: json.WriteStringValue(text); break;
            case List<object?> list:
                json.WriteStartArray();
                foreach (var item in list) Write(json, item);
                json.WriteEndArray();
                break;
            case OrderedDictionary<string, object?> members:
                json.WriteStartObject();
                foreach (var (name, item) in members)
                {
                    json.WritePropertyName(name);
                    Write(json, item);
                }

                json.WriteEndObject();
                break;
        }
    }
}
