namespace Cove.Attestation.Maa.Policies;

/// <summary>How a rule uses the claims that its conditions bind.</summary>
internal static class PolicyReferences
{
    /// <summary>
    /// Names whose claims are used one at a time: by the action outside the arguments of set functions, or by another condition.
    /// </summary>
    public static HashSet<string> Single(PolicyRule rule)
    {
        HashSet<string> names = new(StringComparer.Ordinal);
        if (rule.Type is not null) Collect(rule.Type, asSet: false, names);
        if (rule.Value is not null) Collect(rule.Value, asSet: false, names);
        foreach (var test in rule.Conditions.SelectMany(condition => condition.Tests)) Collect(test.Operand, asSet: false, names);
        return names;
    }

    private static void Collect(PolicyExpression expression, bool asSet, HashSet<string> names)
    {
        switch (expression)
        {
            case PolicyExpression.Property property when !asSet:
                names.Add(property.Identifier);
                break;
            case PolicyExpression.Call call:
                foreach (var argument in call.Arguments) Collect(argument, call.Function.TakesSets, names);
                break;
        }
    }
}
