namespace Cove.KeyService.Access;

/// <summary>Who calls, according to a validated access token.</summary>
/// <param name="Subject">The token's <c>oid</c>, else its <c>sub</c>.</param>
/// <param name="Roles">The token's <c>roles</c>.</param>
/// <param name="Groups">The token's <c>groups</c>.</param>
internal sealed record Caller(string Subject, IReadOnlyList<string> Roles, IReadOnlyList<string> Groups)
{
    /// <summary>Everything: whoever may mint tokens with it is the service's owner.</summary>
    public const string OwnerRole = "key-owner";

    /// <summary>Reading public parts, and release: what a workload needs.</summary>
    public const string ReleaseRole = "key-release";

    private static readonly string[] OfReleaseRole = [DataAction.ReadKey, DataAction.ReadDeletedKey, DataAction.ReleaseKey];

    /// <summary>The names under which roles may be assigned to the caller.</summary>
    public IEnumerable<string> Principals => [Subject, .. Groups];

    /// <summary>True when one of the token's own roles grants the action.</summary>
    public bool IsGranted(string action) => Roles.Contains(OwnerRole, StringComparer.Ordinal)
        || (Roles.Contains(ReleaseRole, StringComparer.Ordinal) && OfReleaseRole.Contains(action, StringComparer.Ordinal));
}
