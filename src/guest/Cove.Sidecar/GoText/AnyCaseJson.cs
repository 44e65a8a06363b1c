using System.Text.Json;

namespace Cove.Sidecar.GoText;

/// <summary>Members of configuration objects, whose names match in any case as they do in the reference.</summary>
internal static class AnyCaseJson
{
    /// <summary>The member; an undefined element where it is absent or the owner is null.</summary>
    /// <exception cref="SkrFailureException">The owner is not an object.</exception>
    public static JsonElement Member(this JsonElement owner, string name)
    {
        if (owner.ValueKind is JsonValueKind.Undefined or JsonValueKind.Null) return default;
        if (owner.ValueKind != JsonValueKind.Object) throw new SkrFailureException($"json: the value that holds {name} is not an object");
        var found = default(JsonElement);
        foreach (var member in owner.EnumerateObject())
        {
            if (member.Name.Equals(name, StringComparison.OrdinalIgnoreCase)) found = member.Value;
        }

        return found;
    }

    /// <summary>The string member; empty where it is absent or null.</summary>
    /// <exception cref="SkrFailureException">It is not a string, or not Unicode.</exception>
    public static string Text(this JsonElement owner, string name)
    {
        var member = owner.Member(name);
        if (member.ValueKind is JsonValueKind.Undefined or JsonValueKind.Null) return string.Empty;
        if (member.ValueKind != JsonValueKind.String) throw new SkrFailureException($"json: {name} is not a string");
        try
        {
            return member.GetString()!;
        }
        catch (InvalidOperationException e)
        {
            throw new SkrFailureException($"json: {name} is not Unicode", e);
        }
    }
}
