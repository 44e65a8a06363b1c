namespace Cove.KeyService.Access;

/// <summary>What one entry of a role definition grants. <c>actions</c> are of the control plane, which a managed HSM's own roles do not reach.</summary>
internal sealed record RolePermission(IReadOnlyList<string> DataActions, IReadOnlyList<string> NotDataActions)
{
    public bool Grants(string action) => DataActions.Contains(action, StringComparer.OrdinalIgnoreCase) && !NotDataActions.Contains(action, StringComparer.OrdinalIgnoreCase);
}
