using Cove.Policy.Model;

namespace Cove.Policy.Explanation;

/// <summary>A policy for people: what it declares, what it allows whatever is asked, and what is risky about it.</summary>
public sealed record PolicySummary
{
    /// <summary>What it declares.</summary>
    public required PolicyDocument Document { get; init; }

    /// <summary>Enforcement points that it allows whatever the request says; all of them for an allow-all policy.</summary>
    public required IReadOnlyList<string> AlwaysAllowed { get; init; }

    /// <summary>Enforcement points that its text answers itself, not through the framework.</summary>
    public bool IsCustom { get; init; }

    /// <summary>What a reader should know, the gravest first.</summary>
    public required IReadOnlyList<PolicyWarning> Warnings { get; init; }

    /// <summary>SHA-256 of the text, hexadecimal: its <c>HOST_DATA</c>.</summary>
    public required string HostData { get; init; }
}

/// <summary>Something about a policy that a reader should know.</summary>
/// <param name="Severity">How grave.</param>
/// <param name="Code">A stable code in kebab case.</param>
/// <param name="Field">Which field, e.g. <c>containers[app].env_rules[X]</c>.</param>
/// <param name="Text">What it means, in a sentence without a full stop.</param>
public sealed record PolicyWarning(WarningSeverity Severity, string Code, string Field, string Text);

/// <summary>How grave a warning is.</summary>
public enum WarningSeverity
{
    /// <summary>Gives the host a way in.</summary>
    Danger,

    /// <summary>Allows more than it seems to.</summary>
    Warning,

    /// <summary>As usual, yet worth knowing.</summary>
    Note,
}
