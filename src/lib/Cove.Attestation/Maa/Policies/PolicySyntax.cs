using Cove.Attestation.Claims;

namespace Cove.Attestation.Maa.Policies;

/// <summary>A property of a claim that conditions and assignments name.</summary>
internal enum ClaimProperty
{
    Type,
    Value,
    ValueType,
    Issuer,
}

/// <summary>How a condition compares.</summary>
internal enum Comparison
{
    Equal,
    NotEqual,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
}

/// <summary>What a rule does when its conditions hold.</summary>
internal enum RuleAction
{
    Permit,
    Deny,
    Add,
    Issue,
    IssueProperty,
}

/// <summary>The part of a policy that a rule stands in.</summary>
internal enum PolicySection
{
    Configuration,
    Authorization,
    Issuance,
}

/// <summary>Something that has a value: written out, a property of a bound claim, or a function of others.</summary>
internal abstract record PolicyExpression
{
    private PolicyExpression()
    {
    }

    public sealed record Literal(ClaimValue Value) : PolicyExpression;

    public sealed record Property(string Identifier, ClaimProperty Of) : PolicyExpression;

    public sealed record Call(PolicyFunction Function, IReadOnlyList<PolicyExpression> Arguments) : PolicyExpression;
}

/// <summary>One comparison within a condition.</summary>
internal sealed record PropertyTest(ClaimProperty Property, Comparison Comparison, PolicyExpression Operand);

/// <summary>Holds when at least one claim passes every test (or, negated, when none does), and binds such a claim to its name.</summary>
internal sealed record PolicyCondition(bool Negated, string? Identifier, IReadOnlyList<PropertyTest> Tests);

/// <summary>A rule.</summary>
/// <param name="Conditions">All must hold.</param>
/// <param name="Action">What it does.</param>
/// <param name="Type">The type of the claim or property it makes; null for permit and deny.</param>
/// <param name="Value">Its value; null for permit and deny.</param>
/// <param name="ValueType">The value's type, where the rule says it; then the value must be of it.</param>
/// <param name="Line">Where it begins.</param>
internal sealed record PolicyRule(IReadOnlyList<PolicyCondition> Conditions, RuleAction Action, PolicyExpression? Type, PolicyExpression? Value, string? ValueType, int Line);
