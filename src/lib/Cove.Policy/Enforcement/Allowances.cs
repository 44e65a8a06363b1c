using Cove.Policy.Model;

namespace Cove.Policy.Enforcement;

/// <summary>Allowed, and nothing more to say.</summary>
public sealed record Granted
{
    private Granted()
    {
    }

    /// <summary>The one value.</summary>
    public static Granted Instance { get; } = new();
}

/// <summary>What the policy lets through of a process.</summary>
/// <param name="Environment">The variables that it may get, in the order asked for.</param>
/// <param name="Capabilities">The capabilities that it may get.</param>
/// <param name="AllowStdioAccess">Whether the host may see its standard input and output. An exec has its container's answer.</param>
public sealed record ProcessAllowance(IReadOnlyList<string> Environment, CapabilitySets Capabilities, bool AllowStdioAccess);
