using Cove.KeyService.Api;

namespace Cove.KeyService.Access;

/// <summary>What requests about roles say.</summary>
internal static class RoleRequests
{
    private const int MaximumPermissions = 16;
    private const int MaximumTextLength = 1024;
    private const int MaximumPrincipalLength = 256;
    private const string DefinitionsPath = "/providers/Microsoft.Authorization/roleDefinitions/";

    /// <summary>The GUID of a definition or an assignment.</summary>
    public static Guid Name(string text)
        => Guid.TryParseExact(text, "D", out var name) ? name : throw KeyErrors.BadParameter($"{text} is not a GUID.");

    public static RoleAssignment Assignment(Guid name, RoleScope scope, RequestJson request)
    {
        var properties = Properties(request);
        var role = properties.RequiredText("roleDefinitionId");
        var at = role.LastIndexOf(DefinitionsPath, StringComparison.OrdinalIgnoreCase);
        if (at < 0) throw KeyErrors.BadParameter($"roleDefinitionId is {role}, expected {DefinitionsPath}GUID.");
        var principal = properties.RequiredText("principalId");
        if (principal.Length is 0 or > MaximumPrincipalLength) throw KeyErrors.BadParameter($"principalId is not 1 to {MaximumPrincipalLength} characters.");
        return new(name, scope, Name(role[(at + DefinitionsPath.Length)..]), principal);
    }

    public static RoleDefinition Definition(Guid name, RequestJson request)
    {
        var properties = Properties(request);
        var permissions = properties.Objects("permissions") ?? [];
        if (permissions.Count > MaximumPermissions) throw KeyErrors.BadParameter($"permissions has {permissions.Count} entries, at most {MaximumPermissions}.");
        var scopes = properties.Texts("assignableScopes") is { Count: > 0 } given ? given : [RoleScope.Everything.Path];
        foreach (var scope in scopes)
            if (RoleScope.Find(scope) is null) throw KeyErrors.BadParameter($"assignableScopes names {scope}, expected /, /keys or /keys/NAME.");
        return new(name, Text(properties, "roleName"), Text(properties, "description"), [.. permissions.Select(Permission)], scopes);
    }

    private static RequestJson Properties(RequestJson request) => request.Object("properties") ?? throw KeyErrors.BadParameter("properties is required.");

    private static string Text(RequestJson properties, string name)
    {
        var text = properties.Text(name) ?? "";
        return text.Length <= MaximumTextLength ? text : throw KeyErrors.BadParameter($"{name} is longer than {MaximumTextLength} characters.");
    }

    private static RolePermission Permission(RequestJson entry)
    {
        if ((entry.Texts("actions") ?? []).Count + (entry.Texts("notActions") ?? []).Count > 0)
            throw KeyErrors.BadParameter("actions and notActions are of the control plane: give dataActions and notDataActions.");
        return new(Actions(entry, "dataActions"), Actions(entry, "notDataActions"));
    }

    private static IReadOnlyList<string> Actions(RequestJson entry, string name)
    {
        var actions = entry.Texts(name) ?? [];
        foreach (var action in actions)
            if (!DataAction.Grantable.Contains(action, StringComparer.OrdinalIgnoreCase)) throw KeyErrors.BadParameter($"{name} names {action}, which is not a data action.");
        return actions;
    }
}
