using Cove.Rego.Values;

namespace Cove.Rego.Builtins;

internal sealed partial class JsonSchema
{
    /// <summary>anyOf, oneOf, allOf, not, dependencies, if. Where none of several holds, the failures of the closest are told.</summary>
    private void CheckCombinations(RegoValue value, RegoObject rules, SchemaOutcome outcome)
    {
        if (rules["anyOf"] is RegoArray { Count: > 0 } any)
        {
            var (holds, closest) = Choose(any, value, outcome.Field, stopAtFirst: true);
            if (holds == 0)
            {
                outcome.Fail("number_any_of", "Must validate at least one schema (anyOf)");
                if (closest is not null) outcome.Merge(closest);
            }
        }

        if (rules["oneOf"] is RegoArray { Count: > 0 } one)
        {
            var (holds, closest) = Choose(one, value, outcome.Field, stopAtFirst: false);
            if (holds != 1) outcome.Fail("number_one_of", "Must validate one and only one schema (oneOf)");
            if (holds == 0 && closest is not null) outcome.Merge(closest);
        }

        var isWhole = true;
        foreach (var part in Listed(rules["allOf"]))
        {
            var inner = Check(value, part, outcome.Field);
            isWhole &= inner.IsValid;
            outcome.Merge(inner);
        }

        if (!isWhole) outcome.Fail("number_all_of", "Must validate all the schemas (allOf)");
        if (rules["not"] is { } not && Check(value, not, outcome.Field).IsValid) outcome.Fail("number_not", "Must not validate the schema (not)");
        if (value is RegoObject obj && rules["dependencies"] is RegoObject dependencies) CheckDependencies(obj, dependencies, outcome);
        if (rules["if"] is { } condition) CheckCondition(value, rules, condition, outcome);
        outcome.Score++;
    }

    private (int Holds, SchemaOutcome? Closest) Choose(RegoArray schemas, RegoValue value, string field, bool stopAtFirst)
    {
        var holds = 0;
        SchemaOutcome? closest = null;
        foreach (var schema in schemas.Items)
        {
            if (stopAtFirst && holds > 0) break;
            var inner = Check(value, schema, field);
            if (inner.IsValid) holds++;
            else if (holds == 0 && (closest is null || inner.Score > closest.Score)) closest = inner;
        }

        return (holds, closest);
    }

    private void CheckDependencies(RegoObject obj, RegoObject dependencies, SchemaOutcome outcome)
    {
        foreach (var (key, _) in obj.Entries())
        {
            switch (dependencies.Find(key))
            {
                case RegoArray names:
                    foreach (var name in names.Items.OfType<RegoString>())
                        if (obj.Find(name) is null) outcome.Fail("missing_dependency", $"Has a dependency on {name.Text}");
                    break;
                case { } schema:
                    Check(obj, schema, outcome);
                    break;
            }
        }
    }

    private void CheckCondition(RegoValue value, RegoObject rules, RegoValue condition, SchemaOutcome outcome)
    {
        var holds = Check(value, condition, outcome.Field).IsValid;
        if (rules[holds ? "then" : "else"] is not { } consequence) return;
        var inner = Check(value, consequence, outcome.Field);
        if (inner.IsValid) return;
        if (holds) outcome.Fail("condition_then", "Must validate \"then\" as \"if\" was valid");
        else outcome.Fail("condition_else", "Must validate \"else\" as \"if\" was not valid");
        outcome.Merge(inner);
    }
}
