using System.Text.Json;
using Cove.Outcomes;

namespace Cove.Keys.ReleasePolicy;

/// <summary><c>anyOf</c> or <c>allOf</c> of at least one condition.</summary>
internal sealed record ConditionGroup(bool All, IReadOnlyList<ReleaseCondition> Conditions) : ReleaseCondition
{
    public string Name => All ? "allOf" : "anyOf";

    public override bool Holds(JsonElement claims, List<Finding> findings)
    {
        var failed = new List<Finding>();
        var held = Conditions.Count(condition => condition.Holds(claims, failed));
        if (All ? held == Conditions.Count : held > 0) return true;
        findings.AddRange(failed);
        return false;
    }

    public override void WriteTo(Utf8JsonWriter writer)
    {
        writer.WriteStartObject();
        WriteMember(writer);
        writer.WriteEndObject();
    }

    public void WriteMember(Utf8JsonWriter writer)
    {
        writer.WriteStartArray(Name);
        foreach (var condition in Conditions) condition.WriteTo(writer);
        writer.WriteEndArray();
    }
}
