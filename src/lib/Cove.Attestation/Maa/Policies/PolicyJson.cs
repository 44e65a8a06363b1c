using System.Text;
using System.Text.Json;
using Cove.Attestation.Claims;
using Cove.Formats.Jose;
using Cove.Outcomes;

namespace Cove.Attestation.Maa.Policies;

/// <summary>The functions of the language that read JSON.</summary>
internal static class PolicyJson
{
    private static readonly JsonDocumentOptions Strict = new() { AllowDuplicateProperties = false, MaxDepth = 32 };

    /// <summary>JsonToClaimValue: a primitive is one value, an array of primitives is several, null is none.</summary>
    public static IReadOnlyList<ClaimValue> ToValues(string json)
    {
        using var document = Parse(json);
        var root = document.RootElement;
        if (root.ValueKind != JsonValueKind.Array) return Primitive(root) is { } one ? [one] : [];
        List<ClaimValue> values = [];
        foreach (var element in root.EnumerateArray())
        {
            if (Primitive(element) is { } value) values.Add(value);
        }

        return values;
    }

    /// <summary>JmesPath: the result of a query, as JSON text.</summary>
    public static ClaimValue Query(string json, string query)
    {
        using var document = Parse(json);
        return JmesPath.JmesQuery.Parse(query).Search(document.RootElement);
    }

    private static ClaimValue? Primitive(JsonElement element) => element.ValueKind switch
    {
        JsonValueKind.Null => null,
        JsonValueKind.String => element.GetString()!,
        JsonValueKind.True => true,
        JsonValueKind.False => false,
        JsonValueKind.Number when element.TryGetInt64(out var number) => number,
        JsonValueKind.Number => throw new PolicyEvaluationException("a JSON number is not a whole number of 64 bits"),
        _ => throw new PolicyEvaluationException($"a JSON {element.ValueKind} is not a claim's value"),
    };

    private static JsonDocument Parse(string json)
    {
        try
        {
            var utf8 = Encoding.UTF8.GetBytes(json);
            StrictJson.RequireUnicode(utf8, "claim");
            return JsonDocument.Parse(utf8, Strict);
        }
        catch (Exception bad) when (bad is JsonException or MalformedException)
        {
            throw new PolicyEvaluationException($"a claim is not JSON: {bad.Message}");
        }
    }
}
