using System.Text.RegularExpressions;
using Cove.KeyService.Api;
using Cove.KeyService.Audit;

namespace Cove.KeyService.Access;

/// <summary>A managed HSM's own role definitions and assignments: <c>{scope}/providers/Microsoft.Authorization/…</c>.</summary>
internal sealed partial class RoleApi(RoleStore store)
{
    private const int MaximumBody = 64 * 1024;

    /// <summary>False where the request is not about roles.</summary>
    public bool TryHandle(KeyCall call, string[] segments, out Task answer)
    {
        answer = Task.CompletedTask;
        var at = Array.FindIndex(segments, s => s.Equals("providers", StringComparison.OrdinalIgnoreCase));
        // A key may be called providers: then nothing below it is.
        if (at < 0 || at + 2 >= segments.Length || at + 4 < segments.Length || !segments[at + 1].Equals("Microsoft.Authorization", StringComparison.OrdinalIgnoreCase)) return false;
        if (RoleScope.Find(segments.AsSpan(0, at)) is not { } scope) return false;
        Guid? name = segments.Length == at + 4 ? RoleRequests.Name(segments[at + 3]) : null;
        switch (call.Context.Request.Method, segments[at + 2].ToLowerInvariant(), name)
        {
            case ("GET", "roledefinitions", null): answer = ListDefinitionsAsync(call, scope); return true;
            case ("GET", "roledefinitions", { } definition): answer = GetDefinitionAsync(call, scope, definition); return true;
            case ("PUT", "roledefinitions", { } definition): answer = SetDefinitionAsync(call, scope, definition); return true;
            case ("DELETE", "roledefinitions", { } definition): answer = DeleteDefinitionAsync(call, scope, definition); return true;
            case ("GET", "roleassignments", null): answer = ListAssignmentsAsync(call, scope); return true;
            case ("GET", "roleassignments", { } assignment): answer = GetAssignmentAsync(call, scope, assignment); return true;
            case ("PUT", "roleassignments", { } assignment): answer = AssignAsync(call, scope, assignment); return true;
            case ("DELETE", "roleassignments", { } assignment): answer = RemoveAsync(call, scope, assignment); return true;
            default: return false;
        }
    }

    private Task ListDefinitionsAsync(KeyCall call, RoleScope scope)
    {
        call.Require(DataAction.ReadDefinition, scope);
        var below = Filter(call).Below;
        return call.AnswerAsync(RoleBundles.Definitions(store.Definitions().Where(d => d.IsAssignableAt(scope)
            || (below && d.AssignableScopes.Any(a => RoleScope.Find(a) is { } assignable && scope.Covers(assignable))))));
    }

    private Task GetDefinitionAsync(KeyCall call, RoleScope scope, Guid name)
    {
        call.Require(DataAction.ReadDefinition, scope);
        return call.AnswerAsync(RoleBundles.Definition(store.FindDefinition(name) ?? throw RoleErrors.DefinitionNotFound(name)));
    }

    private async Task SetDefinitionAsync(KeyCall call, RoleScope scope, Guid name)
    {
        call.Require(DataAction.WriteDefinition, OnlyEverything(scope));
        if (BuiltInRoles.Find(name) is not null) throw RoleErrors.BuiltIn(name);
        using var body = RequestJson.Parse(await call.ReadAsync(MaximumBody), MaximumBody);
        var definition = RoleRequests.Definition(name, new(body.RootElement));
        var actions = definition.Permissions.SelectMany(p => p.DataActions).Select(Short);
        await store.SetDefinitionAsync(definition, Entry(call, "role-define", $"{name} {string.Join(' ', actions)}"), call.Aborted);
        await call.AnswerAsync(RoleBundles.Definition(definition), StatusCodes.Status201Created);
    }

    private async Task DeleteDefinitionAsync(KeyCall call, RoleScope scope, Guid name)
    {
        call.Require(DataAction.DeleteDefinition, OnlyEverything(scope));
        if (BuiltInRoles.Find(name) is not null) throw RoleErrors.BuiltIn(name);
        await call.AnswerAsync(RoleBundles.Definition(await store.DeleteDefinitionAsync(name, Entry(call, "role-remove", name.ToString()), call.Aborted)));
    }

    private Task ListAssignmentsAsync(KeyCall call, RoleScope scope)
    {
        call.Require(DataAction.ReadAssignment, scope);
        var (below, principal) = Filter(call);
        // Without a filter: at, above and below the scope.
        var noFilter = call.Query("$filter") is null || principal is not null;
        return call.AnswerAsync(RoleBundles.Assignments(store.Assignments(principal)
            .Where(a => a.Scope.Covers(scope) || ((below || noFilter) && scope.Covers(a.Scope)))));
    }

    private Task GetAssignmentAsync(KeyCall call, RoleScope scope, Guid name)
    {
        call.Require(DataAction.ReadAssignment, scope);
        return call.AnswerAsync(RoleBundles.Assignment(store.FindAssignment(scope, name) ?? throw RoleErrors.AssignmentNotFound(name)));
    }

    private async Task AssignAsync(KeyCall call, RoleScope scope, Guid name)
    {
        call.Require(DataAction.WriteAssignment, scope);
        using var body = RequestJson.Parse(await call.ReadAsync(MaximumBody), MaximumBody);
        var assignment = RoleRequests.Assignment(name, scope, new(body.RootElement));
        await store.AssignAsync(assignment, Entry(call, "role-assign", $"{assignment.Role} to {assignment.Principal} at {scope}"), call.Aborted);
        await call.AnswerAsync(RoleBundles.Assignment(assignment), StatusCodes.Status201Created);
    }

    private async Task RemoveAsync(KeyCall call, RoleScope scope, Guid name)
    {
        call.Require(DataAction.DeleteAssignment, scope);
        await call.AnswerAsync(RoleBundles.Assignment(await store.RemoveAsync(scope, name, Entry(call, "role-unassign", $"{name} at {scope}"), call.Aborted)));
    }

    private static RoleScope OnlyEverything(RoleScope scope)
        => scope == RoleScope.Everything ? scope : throw KeyErrors.BadParameter($"Role definitions are made at /, not at {scope}.");

    private static (bool Below, string? Principal) Filter(KeyCall call) => call.Query("$filter") switch
    {
        null or "atScope()" => (false, null),
        "atScopeAndBelow()" => (true, null),
        { } text when PrincipalFilter().Match(text) is { Success: true } match => (false, match.Groups["id"].Value),
        { } text => throw KeyErrors.BadParameter($"$filter is {text}, expected atScope(), atScopeAndBelow() or principalId eq 'ID'."),
    };

    private static string Short(string action) => action[(action.IndexOf('/', StringComparison.Ordinal) + 1)..];

    private static AuditEntry Entry(KeyCall call, string operation, string what) => new(operation, what, call.Caller.Subject, call.RequestId, []);

    [GeneratedRegex(@"\AprincipalId eq '?(?<id>[^']+)'?\z", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture | RegexOptions.NonBacktracking)]
    private static partial Regex PrincipalFilter();
}
