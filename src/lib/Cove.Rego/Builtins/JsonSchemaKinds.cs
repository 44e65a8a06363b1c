using Cove.Rego.Patterns;
using Cove.Rego.Values;

namespace Cove.Rego.Builtins;

internal sealed partial class JsonSchema
{
    private void CheckNumber(RegoNumber number, RegoObject rules, string field)
    {
        var exclusive = rules["exclusiveMinimum"] == RegoValue.True;
        if (rules["minimum"] is RegoNumber minimum)
        {
            var order = RegoNumber.Compare(number, minimum);
            if (exclusive && order <= 0) Fail("number_gt", field, $"Must be greater than {minimum.Text}");
            else if (order < 0) Fail("number_gte", field, $"Must be greater than or equal to {minimum.Text}");
        }

        if (rules["exclusiveMinimum"] is RegoNumber above && RegoNumber.Compare(number, above) <= 0) Fail("number_gt", field, $"Must be greater than {above.Text}");
        exclusive = rules["exclusiveMaximum"] == RegoValue.True;
        if (rules["maximum"] is RegoNumber maximum)
        {
            var order = RegoNumber.Compare(number, maximum);
            if (exclusive && order >= 0) Fail("number_lt", field, $"Must be less than {maximum.Text}");
            else if (order > 0) Fail("number_lte", field, $"Must be less than or equal to {maximum.Text}");
        }

        if (rules["exclusiveMaximum"] is RegoNumber below && RegoNumber.Compare(number, below) >= 0) Fail("number_lt", field, $"Must be less than {below.Text}");
        if (rules["multipleOf"] is RegoNumber factor && RegoArithmetic.Divide(number, factor) is { IsInteger: false })
            Fail("multiple_of", field, $"Must be a multiple of {factor.Text}");
    }

    private void CheckText(string text, RegoObject rules, string field)
    {
        var length = ByteText.CountRunes(text);
        if (rules["minLength"] is RegoNumber { IsInt64: true } min && length < min.Int64) Fail("string_gte", field, $"String length must be greater than or equal to {min.Text}");
        if (rules["maxLength"] is RegoNumber { IsInt64: true } max && length > max.Int64) Fail("string_lte", field, $"String length must be less than or equal to {max.Text}");
        if (rules["pattern"] is RegoString pattern && !patterns.Regex(pattern.Text).IsMatch(text)) Fail("pattern", field, $"Does not match pattern '{pattern.Text}'");
    }

    private void CheckArray(RegoArray array, RegoObject rules, string field)
    {
        if (rules["minItems"] is RegoNumber { IsInt64: true } min && array.Count < min.Int64) Fail("array_min_items", field, $"Array must have at least {min.Text} items");
        if (rules["maxItems"] is RegoNumber { IsInt64: true } max && array.Count > max.Int64) Fail("array_max_items", field, $"Array must have at most {max.Text} items");
        if (rules["uniqueItems"] == RegoValue.True && RegoSet.Of(array.Items).Count < array.Count) Fail("unique", field, "array items must be unique");
        for (var i = 0; i < array.Count; i++)
        {
            var rule = rules["items"] switch
            {
                RegoArray fixedItems => i < fixedItems.Count ? fixedItems[i] : rules["additionalItems"],
                var all => all,
            };
            if (rule is not null) Check(array[i], rule, Below(field, i.ToString(System.Globalization.CultureInfo.InvariantCulture)));
        }
    }

    private void CheckObject(RegoObject obj, RegoObject rules, string field)
    {
        foreach (var required in Listed(rules["required"]))
            if (required is RegoString { Text: var name } && obj[name] is null) Fail("required", field, $"{name} is required");
        if (rules["minProperties"] is RegoNumber { IsInt64: true } min && obj.Count < min.Int64) Fail("array_min_properties", field, $"Must have at least {min.Text} properties");
        if (rules["maxProperties"] is RegoNumber { IsInt64: true } max && obj.Count > max.Int64) Fail("array_max_properties", field, $"Must have at most {max.Text} properties");
        foreach (var (key, value) in obj.Entries())
        {
            var name = ValueWriter.JsonKey(key);
            var known = false;
            if ((rules["properties"] as RegoObject)?[name] is { } own)
            {
                known = true;
                Check(value, own, Below(field, name));
            }

            if (rules["patternProperties"] is RegoObject byPattern)
            {
                foreach (var (pattern, rule) in byPattern.Entries())
                {
                    if (!patterns.Regex(((RegoString)pattern).Text).IsMatch(name)) continue;
                    known = true;
                    Check(value, rule, Below(field, name));
                }
            }

            if (known || rules["additionalProperties"] is not { } others) continue;
            if (others == RegoValue.False) Fail("additional_property_not_allowed", field, $"Additional property {name} is not allowed");
            else Check(value, others, Below(field, name));
        }
    }

    private static string Below(string field, string name) => field.Length == 0 ? name : $"{field}.{name}";
}
