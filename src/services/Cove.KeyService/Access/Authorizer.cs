using Cove.Hosting.Errors;

namespace Cove.KeyService.Access;

/// <summary>Decides what a caller may do: by the roles in the token, and in a managed HSM by the roles that are assigned to the caller there. What nothing
/// grants is refused.</summary>
/// <param name="roles">The assigned roles; null for a vault, which keeps none of its own.</param>
internal sealed class Authorizer(RoleStore? roles)
{
    /// <summary>Returns when the caller may do this there.</summary>
    /// <exception cref="ServiceException">403: nothing grants it.</exception>
    public void Require(Caller caller, string action, RoleScope target)
    {
        if (caller.IsGranted(action) || roles?.IsGranted(caller, action, target) == true) return;
        var held = caller.Roles.Count == 0 ? "none" : string.Join(' ', caller.Roles);
        var assigned = roles is null ? "" : " and no role assigned to it grants this";
        throw new ServiceException(403, "Forbidden",
            $"Caller {caller.Subject} is not authorized to perform {action} on {target}: the token's roles are {held}{assigned}.", "ForbiddenByRbac");
    }
}
