using System.Text.Json;

namespace Cove.Keys.ReleasePolicy;

/// <summary>One entry of a policy: whose tokens, and on what conditions.</summary>
internal sealed record PolicyAuthority(string Text, AuthorityUrl Url, ConditionGroup Conditions)
{
    public void WriteTo(Utf8JsonWriter writer, bool sorted)
    {
        writer.WriteStartObject();
        if (sorted) Conditions.WriteMember(writer);
        writer.WriteString("authority", Text);
        if (!sorted) Conditions.WriteMember(writer);
        writer.WriteEndObject();
    }
}
