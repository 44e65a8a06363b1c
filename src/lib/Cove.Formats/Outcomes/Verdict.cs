using System.Diagnostics.CodeAnalysis;

namespace Cove.Outcomes;

/// <summary>
/// The answer to "is it genuine?" or "is it acceptable?". A rejection is a value, with all its findings, and holds nothing that
/// could be used by mistake. Malformed input (<see cref="MalformedException"/>) and unavailable parties
/// (<see cref="UnavailableException"/>) are exceptions: they are neither accepted nor rejected.
/// </summary>
/// <typeparam name="T">What an acceptance yields.</typeparam>
public abstract record Verdict<T>
{
    private Verdict()
    {
    }

    /// <summary>Accepted, and what that yields.</summary>
    /// <param name="Value">What the acceptance yields.</param>
    public sealed record Accepted(T Value) : Verdict<T>;

    /// <summary>Rejected, for at least one reason.</summary>
    public sealed record Rejected : Verdict<T>
    {
        /// <summary>Rejects for these reasons.</summary>
        /// <exception cref="ArgumentException">There is no finding: a rejection always says why.</exception>
        public Rejected(IReadOnlyList<Finding> findings)
        {
            if (findings.Count == 0) throw new ArgumentException("a rejection carries at least one finding", nameof(findings));
            Findings = findings;
        }

        /// <summary>Every reason, not only the first.</summary>
        public IReadOnlyList<Finding> Findings { get; }
    }

    /// <summary>True, with the value, when accepted; false, with the findings, when rejected.</summary>
    public bool IsAccepted([MaybeNullWhen(false)] out T value, out IReadOnlyList<Finding> findings)
    {
        switch (this)
        {
            case Accepted accepted:
                (value, findings) = (accepted.Value, []);
                return true;
            default:
                (value, findings) = (default, ((Rejected)this).Findings);
                return false;
        }
    }

    /// <summary>Accepts.</summary>
    public static implicit operator Verdict<T>(T value) => new Accepted(value);

    /// <summary>Rejects for one reason.</summary>
    public static implicit operator Verdict<T>(Finding finding) => new Rejected([finding]);

    /// <summary>Rejects for these reasons.</summary>
    public static implicit operator Verdict<T>(List<Finding> findings) => new Rejected(findings);
}
