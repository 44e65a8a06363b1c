using System.Diagnostics.CodeAnalysis;
using Cove.Rego.Values;

namespace Cove.Rego;

/// <summary>What an evaluation came to: a value, or nothing because the document is undefined.</summary>
/// <param name="Value">The value; null when undefined.</param>
public readonly record struct RegoResult(RegoValue? Value)
{
    /// <summary>True when there is a value.</summary>
    [MemberNotNullWhen(true, nameof(Value))]
    public bool IsDefined => Value is not null;

    /// <summary>True only for the value true: what "allowed" means.</summary>
    public bool IsTrue => ReferenceEquals(Value, RegoValue.True);
}
