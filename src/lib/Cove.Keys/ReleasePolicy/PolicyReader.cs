using System.Text.Json;
using Cove.Formats.Jose;
using Cove.Outcomes;

namespace Cove.Keys.ReleasePolicy;

/// <summary>Reads the grammar of a release policy. A member that it does not know is refused: it may be a condition that would be skipped.</summary>
internal sealed class PolicyReader
{
    internal const string Format = "Key Release Policy";
    private const int MaximumConditions = 512;
    private const int MaximumNesting = 8;
    private const int MaximumClaimLength = 512;
    private int _conditions;

    public (bool All, List<PolicyAuthority> Authorities) ReadRoot(JsonElement root)
    {
        foreach (var member in root.EnumerateObject())
            if (member.Name is not ("version" or "anyOf" or "allOf"))
                throw new MalformedException(Format, member.Name, "is not a member of a policy");
        if (!root.TryGetProperty("version", out var version)) throw new MalformedException(Format, "version", "is missing");
        if (version.ValueKind != JsonValueKind.String || version.GetString() is not ("1.0" or "1.0.0"))
            throw new MalformedException(Format, "version", "is not 1.0.0");
        var (all, entries) = Group(root, "policy");
        return (all, [.. entries.EnumerateArray().Select(Authority)]);
    }

    private PolicyAuthority Authority(JsonElement entry)
    {
        Members(entry, "authority", ["authority", "anyOf", "allOf"]);
        var text = StrictJson.RequiredString(entry, "authority", Format);
        return new(text, AuthorityUrl.Parse(text), Conditions(entry, "authority", 1));
    }

    private ConditionGroup Conditions(JsonElement owner, string where, int nesting)
    {
        if (nesting > MaximumNesting) throw new MalformedException(Format, where, $"nests deeper than {MaximumNesting}");
        var (all, entries) = Group(owner, where);
        return new(all, [.. entries.EnumerateArray().Select(e => Condition(e, nesting))]);
    }

    private ReleaseCondition Condition(JsonElement entry, int nesting)
    {
        if (++_conditions > MaximumConditions) throw new MalformedException(Format, "conditions", $"are more than {MaximumConditions}");
        if (entry.ValueKind != JsonValueKind.Object) throw new MalformedException(Format, "condition", "is not an object");
        if (!entry.TryGetProperty("claim", out _))
        {
            Members(entry, "condition", ["anyOf", "allOf"]);
            return Conditions(entry, "condition", nesting + 1);
        }

        var claim = StrictJson.RequiredString(entry, "claim", Format);
        if (claim.Length is 0 or > MaximumClaimLength) throw new MalformedException(Format, "claim", $"is not 1 to {MaximumClaimLength} characters");
        var (name, value) = Comparison(entry, claim);
        var found = ClaimCondition.FindOperator(name) ?? throw new MalformedException(Format, claim, $"has the unknown operator {name}");
        var parsed = PolicyValue.Parse(value);
        if (found == ClaimOperator.Exists && parsed.Text is not ("true" or "false"))
            throw new MalformedException(Format, claim, "exists takes true or false");
        if (found is ClaimOperator.Less or ClaimOperator.LessOrEquals or ClaimOperator.Greater or ClaimOperator.GreaterOrEquals
            && parsed.Number is null)
            throw new MalformedException(Format, claim, $"{name} takes a number");
        return new ClaimCondition(claim, found, parsed);
    }

    /// <summary>The one operator of a condition, written as a member or, in the older form, as <c>condition</c> and <c>value</c>.</summary>
    private static (string Name, JsonElement Value) Comparison(JsonElement entry, string claim)
    {
        var others = entry.EnumerateObject().Where(m => m.Name != "claim").ToList();
        if (others is [var only]) return (only.Name, only.Value);
        if (others.Count == 2 && entry.TryGetProperty("condition", out var name) && name.ValueKind == JsonValueKind.String
            && entry.TryGetProperty("value", out var value))
            return (name.GetString()!, value);
        throw new MalformedException(Format, claim, "does not have exactly one operator");
    }

    private static (bool All, JsonElement Entries) Group(JsonElement owner, string where)
    {
        var hasAny = owner.TryGetProperty("anyOf", out var any);
        var hasAll = owner.TryGetProperty("allOf", out var all);
        if (hasAny == hasAll) throw new MalformedException(Format, where, "has not exactly one of anyOf and allOf");
        var entries = hasAll ? all : any;
        if (entries.ValueKind != JsonValueKind.Array || entries.GetArrayLength() == 0)
            throw new MalformedException(Format, hasAll ? "allOf" : "anyOf", "is not an array of at least one entry");
        return (hasAll, entries);
    }

    private static void Members(JsonElement entry, string where, string[] known)
    {
        if (entry.ValueKind != JsonValueKind.Object) throw new MalformedException(Format, where, "is not an object");
        foreach (var member in entry.EnumerateObject())
            if (!known.Contains(member.Name, StringComparer.Ordinal))
                throw new MalformedException(Format, member.Name, $"is not a member of an entry with {string.Join(", ", known)}");
    }
}
