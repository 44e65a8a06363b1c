using System.Data.Common;
using System.Text.Json;
using Cove.Hosting.Storage;
using Cove.KeyService.Audit;

namespace Cove.KeyService.Access;

/// <summary>The role definitions and assignments of a managed HSM. Each change is in the audit log by the same transaction.</summary>
internal sealed class RoleStore(Database database, AuditLog audit)
{
    /// <summary>True when a role that is assigned to the caller, there or above, grants the action.</summary>
    public bool IsGranted(Caller caller, string action, RoleScope target) => database.Read(connection =>
    {
        foreach (var principal in caller.Principals)
            foreach (var assignment in Assignments(connection, "principal = @value", principal))
                if (assignment.Scope.Covers(target) && Definition(connection, assignment.Role)?.Grants(action) == true) return true;
        return false;
    });

    public RoleDefinition? FindDefinition(Guid name) => database.Read(connection => Definition(connection, name));

    /// <summary>The built-in roles, then the custom ones by name.</summary>
    public IReadOnlyList<RoleDefinition> Definitions() => database.Read(connection =>
    {
        using var command = connection.Command("SELECT definition FROM role_definition ORDER BY name");
        using var row = command.ExecuteReader();
        var definitions = new List<RoleDefinition>(BuiltInRoles.All);
        while (row.Read()) definitions.Add(JsonSerializer.Deserialize<RoleDefinition>(row.GetString(0))!);
        return definitions;
    });

    /// <summary>Adds or replaces a custom role.</summary>
    public Task<RoleDefinition> SetDefinitionAsync(RoleDefinition definition, AuditEntry entry, CancellationToken cancellationToken) => database.WriteAsync(
        connection =>
        {
            connection.Execute("INSERT INTO role_definition (name, definition) VALUES (@name, @definition) ON CONFLICT (name) DO UPDATE SET definition = excluded.definition",
                ("@name", Text(definition.Name)), ("@definition", JsonSerializer.Serialize(definition)));
            audit.Append(connection, entry);
            return definition;
        },
        cancellationToken);

    /// <summary>Removes a custom role that nobody has.</summary>
    /// <exception cref="Hosting.Errors.ServiceException">404 or 409: there is none, or somebody has it.</exception>
    public Task<RoleDefinition> DeleteDefinitionAsync(Guid name, AuditEntry entry, CancellationToken cancellationToken) => database.WriteAsync(
        connection =>
        {
            var definition = Definition(connection, name) ?? throw RoleErrors.DefinitionNotFound(name);
            if (Assignments(connection, "role = @value", Text(name)).Count > 0) throw RoleErrors.DefinitionInUse(name);
            connection.Execute("DELETE FROM role_definition WHERE name = @name", ("@name", Text(name)));
            audit.Append(connection, entry);
            return definition;
        },
        cancellationToken);

    public RoleAssignment? FindAssignment(RoleScope scope, Guid name) => database.Read(connection => Assignment(connection, scope, name));

    /// <summary>All assignments, or those of one principal.</summary>
    public IReadOnlyList<RoleAssignment> Assignments(string? principal)
        => database.Read(connection => Assignments(connection, principal is null ? "1 = 1" : "principal = @value", principal));

    /// <summary>Assigns a role.</summary>
    /// <exception cref="Hosting.Errors.ServiceException">409: the name is taken, or the principal has the role there already.</exception>
    public Task<RoleAssignment> AssignAsync(RoleAssignment assignment, AuditEntry entry, CancellationToken cancellationToken) => database.WriteAsync(
        connection =>
        {
            if (Definition(connection, assignment.Role)?.IsAssignableAt(assignment.Scope) != true) throw RoleErrors.NotAssignable(assignment);
            if (!Insert(connection, assignment)) throw RoleErrors.AssignmentExists();
            audit.Append(connection, entry);
            return assignment;
        },
        cancellationToken);

    /// <summary>Assigns a role unless the principal has it there already.</summary>
    public Task<bool> EnsureAsync(RoleAssignment assignment, AuditEntry entry, CancellationToken cancellationToken) => database.WriteAsync(
        connection =>
        {
            var isNew = Insert(connection, assignment);
            if (isNew) audit.Append(connection, entry);
            return isNew;
        },
        cancellationToken);

    /// <summary>Takes a role away.</summary>
    /// <exception cref="Hosting.Errors.ServiceException">404: there is no such assignment.</exception>
    public Task<RoleAssignment> RemoveAsync(RoleScope scope, Guid name, AuditEntry entry, CancellationToken cancellationToken) => database.WriteAsync(
        connection =>
        {
            var assignment = Assignment(connection, scope, name) ?? throw RoleErrors.AssignmentNotFound(name);
            connection.Execute("DELETE FROM role_assignment WHERE name = @name", ("@name", Text(name)));
            audit.Append(connection, entry);
            return assignment;
        },
        cancellationToken);

    private static bool Insert(DbConnection connection, RoleAssignment assignment) => connection.Execute(
        "INSERT INTO role_assignment (name, scope, role, principal) VALUES (@name, @scope, @role, @principal) ON CONFLICT DO NOTHING",
        ("@name", Text(assignment.Name)), ("@scope", assignment.Scope.Path), ("@role", Text(assignment.Role)), ("@principal", assignment.Principal)) == 1;

    private static RoleDefinition? Definition(DbConnection connection, Guid name)
    {
        if (BuiltInRoles.Find(name) is { } builtIn) return builtIn;
        using var command = connection.Command("SELECT definition FROM role_definition WHERE name = @name", ("@name", Text(name)));
        return command.ExecuteScalar() is string text ? JsonSerializer.Deserialize<RoleDefinition>(text) : null;
    }

    private static RoleAssignment? Assignment(DbConnection connection, RoleScope scope, Guid name)
        => Assignments(connection, "name = @value", Text(name)).FirstOrDefault(a => a.Scope.Path.Equals(scope.Path, StringComparison.OrdinalIgnoreCase));

    private static List<RoleAssignment> Assignments(DbConnection connection, string where, string? value)
    {
        using var command = connection.Command($"SELECT name, scope, role, principal FROM role_assignment WHERE {where} ORDER BY name", ("@value", value));
        using var row = command.ExecuteReader();
        var assignments = new List<RoleAssignment>();
        while (row.Read()) assignments.Add(new(Guid.Parse(row.GetString(0)), RoleScope.Find(row.GetString(1))!, Guid.Parse(row.GetString(2)), row.GetString(3)));
        return assignments;
    }

    private static string Text(Guid name) => name.ToString("D");
}
