using Cove.Protocol.Messages;

namespace Cove.Runtime.Shim.Pods;

/// <summary>Whether two processes have the same capabilities, whatever their order.</summary>
internal static class CapabilityComparison
{
    public static bool SameAs(this ProcessCapabilities one, ProcessCapabilities other) =>
        Same(one.Bounding, other.Bounding) && Same(one.Effective, other.Effective) && Same(one.Inheritable, other.Inheritable)
        && Same(one.Permitted, other.Permitted) && Same(one.Ambient, other.Ambient);

    private static bool Same(IReadOnlyList<string> one, IReadOnlyList<string> other) => one.ToHashSet(StringComparer.Ordinal).SetEquals(other);
}
