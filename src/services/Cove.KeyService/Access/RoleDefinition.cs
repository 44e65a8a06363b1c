namespace Cove.KeyService.Access;

/// <summary>A role: what whoever has it may do.</summary>
/// <param name="Name">A GUID.</param>
/// <param name="RoleName">For people.</param>
/// <param name="Description">For people.</param>
/// <param name="Permissions">Any one that grants an action suffices.</param>
/// <param name="AssignableScopes">Where it may be assigned, and below.</param>
internal sealed record RoleDefinition(Guid Name, string RoleName, string Description, IReadOnlyList<RolePermission> Permissions, IReadOnlyList<string> AssignableScopes)
{
    public bool Grants(string action) => Permissions.Any(p => p.Grants(action));

    public bool IsAssignableAt(RoleScope scope) => AssignableScopes.Any(a => RoleScope.Find(a) is { } assignable && assignable.Covers(scope));
}
