using Cove.Rego.Patterns;
using Cove.Rego.Values;

namespace Cove.Rego.Builtins;

internal sealed partial class JsonSchema
{
    /// <summary>Bounds. Draft 4's exclusive bounds are flags beside the others, later ones are bounds of their own.</summary>
    private static void CheckNumber(RegoNumber number, RegoObject rules, SchemaOutcome outcome)
    {
        if (rules["multipleOf"] is RegoNumber factor && RegoArithmetic.Divide(number, factor) is { IsInteger: false })
            outcome.Fail("multiple_of", $"Must be a multiple of {factor.Text}");
        var isExclusive = rules["exclusiveMaximum"] == RegoValue.True;
        if (rules["maximum"] is RegoNumber maximum)
        {
            var order = RegoNumber.Compare(number, maximum);
            if (isExclusive && order >= 0) outcome.Fail("number_lt", $"Must be less than {maximum.Text}");
            else if (order > 0) outcome.Fail("number_lte", $"Must be less than or equal to {maximum.Text}");
        }

        if (rules["exclusiveMaximum"] is RegoNumber below && RegoNumber.Compare(number, below) >= 0) outcome.Fail("number_lt", $"Must be less than {below.Text}");
        isExclusive = rules["exclusiveMinimum"] == RegoValue.True;
        if (rules["minimum"] is RegoNumber minimum)
        {
            var order = RegoNumber.Compare(number, minimum);
            if (isExclusive && order <= 0) outcome.Fail("number_gt", $"Must be greater than {minimum.Text}");
            else if (order < 0) outcome.Fail("number_gte", $"Must be greater than or equal to {minimum.Text}");
        }

        if (rules["exclusiveMinimum"] is RegoNumber above && RegoNumber.Compare(number, above) <= 0) outcome.Fail("number_gt", $"Must be greater than {above.Text}");
        outcome.Score++;
    }

    private void CheckText(string text, RegoObject rules, SchemaOutcome outcome)
    {
        var length = ByteText.CountRunes(text);
        if (rules["minLength"] is RegoNumber { IsInt64: true } min && length < min.Int64) outcome.Fail("string_gte", $"String length must be greater than or equal to {min.Text}");
        if (rules["maxLength"] is RegoNumber { IsInt64: true } max && length > max.Int64) outcome.Fail("string_lte", $"String length must be less than or equal to {max.Text}");
        if (rules["pattern"] is RegoString pattern && !patterns.Regex(pattern.Text).IsMatch(text)) outcome.Fail("pattern", $"Does not match pattern '{pattern.Text}'");
        outcome.Score++;
    }

    private void CheckArray(RegoArray array, RegoObject rules, SchemaOutcome outcome)
    {
        var fixedItems = rules["items"] as RegoArray;
        for (var i = 0; i < array.Count; i++)
        {
            var rule = fixedItems is null ? rules["items"] : i < fixedItems.Count ? fixedItems[i] : null;
            if (rule is not null) outcome.Merge(Check(array[i], rule, Below(outcome, i)));
        }

        if (fixedItems is { Count: > 0 } && array.Count > fixedItems.Count && rules["additionalItems"] is { } additional)
        {
            if (additional == RegoValue.False) outcome.Fail("array_no_additional_items", "No additional items allowed on array");
            else
                for (var i = fixedItems.Count; i < array.Count; i++) outcome.Merge(Check(array[i], additional, Below(outcome, i)));
        }

        if (rules["minItems"] is RegoNumber { IsInt64: true } min && array.Count < min.Int64) outcome.Fail("array_min_items", $"Array must have at least {min.Text} items");
        if (rules["maxItems"] is RegoNumber { IsInt64: true } max && array.Count > max.Int64) outcome.Fail("array_max_items", $"Array must have at most {max.Text} items");
        if (rules["uniqueItems"] == RegoValue.True) CheckUnique(array, outcome);
        if (rules["contains"] is { } contains) CheckContains(array, contains, outcome);
        outcome.Score++;
    }

    private static string Below(SchemaOutcome outcome, int index) => outcome.Below(index.ToString(System.Globalization.CultureInfo.InvariantCulture));

    private static void CheckUnique(RegoArray array, SchemaOutcome outcome)
    {
        var seen = new Dictionary<RegoValue, int>();
        for (var i = 0; i < array.Count; i++)
        {
            if (seen.TryGetValue(array[i], out var before)) outcome.Fail("unique", $"array items[{before},{i}] must be unique");
            seen[array[i]] = i;
        }
    }

    private void CheckContains(RegoArray array, RegoValue schema, SchemaOutcome outcome)
    {
        SchemaOutcome? closest = null;
        for (var i = 0; i < array.Count; i++)
        {
            var inner = Check(array[i], schema, Below(outcome, i));
            if (inner.IsValid) return;
            if (closest is null || inner.Score > closest.Score) closest = inner;
        }

        outcome.Fail("contains", "At least one of the items must match");
        if (closest is not null) outcome.Merge(closest);
    }

    private void CheckObject(RegoObject obj, RegoObject rules, SchemaOutcome outcome)
    {
        if (rules["minProperties"] is RegoNumber { IsInt64: true } min && obj.Count < min.Int64) outcome.Fail("array_min_properties", $"Must have at least {min.Text} properties");
        if (rules["maxProperties"] is RegoNumber { IsInt64: true } max && obj.Count > max.Int64) outcome.Fail("array_max_properties", $"Must have at most {max.Text} properties");
        foreach (var required in Listed(rules["required"]).OfType<RegoString>())
        {
            if (obj.Find(required) is null) outcome.Fail("required", $"{required.Text} is required");
            else outcome.Score++;
        }

        foreach (var (key, value) in obj.Entries())
        {
            var name = ValueWriter.JsonKey(key);
            var isKnown = (rules["properties"] as RegoObject)?[name] is not null;
            if (MatchesPattern(name, value, rules, outcome) || isKnown || rules["additionalProperties"] is not { } others) continue;
            if (others == RegoValue.False) outcome.Fail("additional_property_not_allowed", $"Additional property {name} is not allowed");
            else outcome.Merge(Check(value, others, outcome.Below(name)));
        }

        if (rules["propertyNames"] is { } names) CheckNames(obj, names, outcome);
        outcome.Score++;
    }

    private bool MatchesPattern(string name, RegoValue value, RegoObject rules, SchemaOutcome outcome)
    {
        var matches = false;
        foreach (var (pattern, rule) in (rules["patternProperties"] as RegoObject ?? RegoObject.Empty).Entries())
        {
            if (!patterns.Regex(((RegoString)pattern).Text).IsMatch(name)) continue;
            matches = true;
            outcome.Merge(Check(value, rule, outcome.Below(name)));
        }

        if (matches) outcome.Score++;
        return matches;
    }

    private void CheckNames(RegoObject obj, RegoValue schema, SchemaOutcome outcome)
    {
        foreach (var (key, _) in obj.Entries())
        {
            var inner = Check(key, schema, outcome.Field);
            if (inner.IsValid) continue;
            outcome.Fail("invalid_property_name", $"Property name of \"{ValueWriter.JsonKey(key)}\" does not match");
            outcome.Merge(inner);
        }
    }
}
