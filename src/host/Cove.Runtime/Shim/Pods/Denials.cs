using Cove.Outcomes;
using Cove.Runtime.Shim.Ttrpc;

namespace Cove.Runtime.Shim.Pods;

/// <summary>A guest's refusal in the words that end up in a pod's events: what was refused, and every reason with its field.</summary>
internal static class Denials
{
    /// <exception cref="TtrpcException">The guest's policy does not allow it.</exception>
    public static T OrDenied<T>(this Verdict<T> verdict, string what) =>
        verdict.IsAccepted(out var value, out var findings) ? value : throw new TtrpcException(TtrpcCode.PermissionDenied, Describe(what, findings));

    private static string Describe(string what, IReadOnlyList<Finding> findings)
    {
        // The last resort of a reader, the framework's whole decision, is for tools and not for an event's line.
        var reasons = findings.Where(finding => finding.Code != "policy-decision").DefaultIfEmpty(findings[0]);
        return $"{what} was denied by the pod's policy: {string.Join("; ", reasons.Select(finding => $"{finding.Code}: {finding.Field}: expected {finding.Expected}, is {finding.Actual}"))}";
    }
}
