using Cove.Hosting.Errors;

namespace Cove.KeyService.Access;

/// <summary>Who calls, according to a validated access token.</summary>
/// <param name="Subject">The token's <c>oid</c>, else its <c>sub</c>.</param>
/// <param name="Roles">The token's <c>roles</c>.</param>
internal sealed record Caller(string Subject, IReadOnlyList<string> Roles)
{
    /// <summary>Everything.</summary>
    public const string OwnerRole = "key-owner";

    /// <summary>Reading public parts, and release: what a workload needs.</summary>
    public const string ReleaseRole = "key-release";

    /// <summary>Returns when one of the caller's roles has the permission.</summary>
    /// <exception cref="ServiceException">403: none has.</exception>
    public void Require(Permission permission)
    {
        if (Roles.Contains(OwnerRole, StringComparer.Ordinal)) return;
        if (Roles.Contains(ReleaseRole, StringComparer.Ordinal) && permission is Permission.Read or Permission.Release) return;
        var roles = Roles.Count == 0 ? "none" : string.Join(' ', Roles);
        throw new ServiceException(403, "Forbidden",
            $"Caller {Subject} is not authorized to {permission.ToString().ToLowerInvariant()} here: roles are {roles}.", "ForbiddenByRbac");
    }
}
