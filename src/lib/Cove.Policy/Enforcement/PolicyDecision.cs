using System.Diagnostics.CodeAnalysis;
using Cove.Outcomes;

namespace Cove.Policy.Enforcement;

/// <summary>A policy's answer: allowed, with what it narrowed the request to, or denied.</summary>
/// <typeparam name="T">What an allowance consists of.</typeparam>
public abstract record PolicyDecision<T>
{
    private PolicyDecision()
    {
    }

    /// <summary>Allowed.</summary>
    /// <param name="Value">What exactly is allowed.</param>
    public sealed record Allowed(T Value) : PolicyDecision<T>;

    /// <summary>Denied.</summary>
    /// <param name="Denial">Why.</param>
    public sealed record Denied(PolicyDenial Denial) : PolicyDecision<T>;

    /// <summary>True, with what is allowed; false, with the denial.</summary>
    public bool IsAllowed([MaybeNullWhen(false)] out T value, [MaybeNullWhen(true)] out PolicyDenial denial)
    {
        if (this is Allowed allowed)
        {
            (value, denial) = (allowed.Value, null);
            return true;
        }

        (value, denial) = (default, ((Denied)this).Denial);
        return false;
    }

    /// <summary>The same as a verdict: a denial's findings reject.</summary>
    public Verdict<T> ToVerdict() =>
        this is Allowed allowed ? new Verdict<T>.Accepted(allowed.Value) : new Verdict<T>.Rejected(((Denied)this).Denial.Findings);
}
