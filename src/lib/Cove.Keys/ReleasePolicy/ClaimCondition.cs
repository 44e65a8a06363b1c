using System.Text.Json;
using Cove.Outcomes;

namespace Cove.Keys.ReleasePolicy;

/// <summary>
/// A condition on one claim. Everything that cannot be compared fails: a missing claim, an object, an order between things that are
/// no numbers. Of an array, <c>equals</c> wants one element to match and <c>notEquals</c> wants none to, and at least one to be there.
/// </summary>
internal sealed record ClaimCondition(string Claim, ClaimOperator Operator, PolicyValue Value) : ReleaseCondition
{
    private const int LongestShown = 128;

    private static readonly Dictionary<string, ClaimOperator> Operators = new(StringComparer.Ordinal)
    {
        ["equals"] = ClaimOperator.Equals,
        ["notEquals"] = ClaimOperator.NotEquals,
        ["less"] = ClaimOperator.Less,
        ["lessOrEquals"] = ClaimOperator.LessOrEquals,
        ["greater"] = ClaimOperator.Greater,
        ["greaterOrEquals"] = ClaimOperator.GreaterOrEquals,
        ["exists"] = ClaimOperator.Exists,
    };

    /// <summary>The operator's name in a policy.</summary>
    public string OperatorName => Operators.First(o => o.Value == Operator).Key;

    public static ClaimOperator? FindOperator(string name) => Operators.TryGetValue(name, out var found) ? found : null;

    public override bool Holds(JsonElement claims, List<Finding> findings)
    {
        var claim = Find(claims, Claim);
        if (Compare(claim)) return true;
        findings.Add(claim is null
            ? new("release-claim-missing", Claim, Expected, "absent", Section)
            : new("release-claim-mismatch", Claim, Expected, Show(claim.Value), Section));
        return false;
    }

    public override void WriteTo(Utf8JsonWriter writer)
    {
        writer.WriteStartObject();
        writer.WriteString("claim", Claim);
        // Booleans are echoed as strings, as the services do.
        if (Value.IsNumber)
        {
            writer.WritePropertyName(OperatorName);
            writer.WriteRawValue(Value.Text);
        }
        else
        {
            writer.WriteString(OperatorName, Value.Text);
        }

        writer.WriteEndObject();
    }

    private string Expected => $"{OperatorName} {Cut(Value.Text)}";

    /// <summary>The claim of exactly this name, else the one that the dots of the name lead to. A null is no claim.</summary>
    private static JsonElement? Find(JsonElement claims, string path)
        => Walk(claims, path) is { ValueKind: not JsonValueKind.Null } found ? found : null;

    private static JsonElement? Walk(JsonElement claims, string path)
    {
        if (claims.TryGetProperty(path, out var exact)) return exact;
        var at = claims;
        foreach (var part in path.Split('.'))
        {
            if (at.ValueKind != JsonValueKind.Object || !at.TryGetProperty(part, out var next)) return null;
            at = next;
        }

        return at;
    }

    private static string Show(JsonElement claim) => Cut(claim.ValueKind == JsonValueKind.String ? claim.GetString()! : claim.GetRawText());

    private static string Cut(string text) => text.Length <= LongestShown ? text : $"{text.AsSpan(0, LongestShown)}…";

    private bool Compare(JsonElement? claim)
    {
        if (Operator == ClaimOperator.Exists) return claim is not null == (Value.Text == "true");
        if (claim is not { } present) return false;
        if (present.ValueKind == JsonValueKind.Array) return CompareArray(present);
        return PolicyValue.Of(present) is { } scalar && Compare(scalar);
    }

    private bool CompareArray(JsonElement array)
    {
        var matches = array.EnumerateArray().Count(element => PolicyValue.Of(element) is { } scalar && scalar.Text == Value.Text);
        return Operator switch
        {
            ClaimOperator.Equals => matches > 0,
            ClaimOperator.NotEquals => matches == 0 && array.GetArrayLength() > 0,
            _ => false,
        };
    }

    private bool Compare(PolicyValue claim) => Operator switch
    {
        ClaimOperator.Equals => claim.Text == Value.Text,
        ClaimOperator.NotEquals => claim.Text != Value.Text,
        // A comparison with null is false: what is no number has no order.
        ClaimOperator.Less => claim.Number < Value.Number,
        ClaimOperator.LessOrEquals => claim.Number <= Value.Number,
        ClaimOperator.Greater => claim.Number > Value.Number,
        ClaimOperator.GreaterOrEquals => claim.Number >= Value.Number,
        _ => false,
    };
}
