using System.Data.Common;
using Cove.Hosting.Storage;
using Cove.KeyService.Audit;

namespace Cove.KeyService.Settings;

/// <summary>The settings of a managed HSM that somebody changed. Each change is in the audit log by the same transaction.</summary>
internal sealed class SettingStore(Database database, AuditLog audit)
{
    /// <summary>The setting's value, or null where nobody set it.</summary>
    public string? Find(string name) => database.Read(connection => Find(connection, name));

    public Task<string> SetAsync(string name, string value, AuditEntry entry, CancellationToken cancellationToken) => database.WriteAsync(
        connection =>
        {
            connection.Execute("INSERT INTO setting (name, value) VALUES (@name, @value) ON CONFLICT (name) DO UPDATE SET value = excluded.value", ("@name", name), ("@value", value));
            audit.Append(connection, entry);
            return value;
        },
        cancellationToken);

    private static string? Find(DbConnection connection, string name)
    {
        using var command = connection.Command("SELECT value FROM setting WHERE name = @name", ("@name", name));
        return command.ExecuteScalar() as string;
    }
}
