using System.Text.Json;
using Cove.Hosting.Storage;
using Cove.KeyService.Audit;

namespace Cove.KeyService.Storage;

/// <summary>The rotation policies of keys.</summary>
internal sealed class RotationPolicies(Database database, AuditLog audit)
{
    public RotationPolicy? Find(string name) => database.Read(connection =>
    {
        using var command = connection.Command("SELECT policy FROM rotation_policy WHERE name = @name", ("@name", name));
        return command.ExecuteScalar() is string text ? JsonSerializer.Deserialize<RotationPolicy>(text) : null;
    });

    /// <summary>The keys that were given a policy and are not deleted, and their policies.</summary>
    public IReadOnlyList<(string Name, RotationPolicy Policy)> All() => database.Read(connection =>
    {
        using var command = connection.Command("SELECT p.name, p.policy FROM rotation_policy p JOIN key k ON k.name = p.name WHERE k.deleted IS NULL ORDER BY p.name");
        using var row = command.ExecuteReader();
        var policies = new List<(string, RotationPolicy)>();
        while (row.Read()) policies.Add((row.GetString(0), JsonSerializer.Deserialize<RotationPolicy>(row.GetString(1))!));
        return policies;
    });

    public Task<bool> SetAsync(string name, RotationPolicy policy, AuditEntry entry, CancellationToken cancellationToken) => database.WriteAsync(
        connection =>
        {
            using var command = connection.Command("INSERT INTO rotation_policy (name, policy) VALUES (@name, @policy) ON CONFLICT (name) DO UPDATE SET policy = excluded.policy", ("@name", name),
                ("@policy", JsonSerializer.Serialize(policy)));
            command.ExecuteNonQuery();
            audit.Append(connection, entry);
            return true;
        },
        cancellationToken);
}
