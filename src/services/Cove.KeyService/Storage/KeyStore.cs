using System.Data.Common;
using Cove.Hosting.Storage;
using Cove.KeyService.Api;
using Cove.KeyService.Audit;
using Cove.Keys.Vault;

namespace Cove.KeyService.Storage;

/// <summary>The keys. What a method has returned is on disk, and each change is in the audit log by the same transaction.</summary>
internal sealed class KeyStore(Database database, AuditLog audit, TimeProvider clock)
{
    /// <summary>Days in which a deleted key can be recovered, as a vault's default.</summary>
    public const int RecoverableDays = 90;

    private const string Live = "k.deleted IS NULL";

    /// <summary>Adds a version, the first one or a newer one.</summary>
    /// <exception cref="Hosting.Errors.ServiceException">The name belongs to a deleted key, or to one that differs in being exportable.</exception>
    public Task<StoredKey> AddAsync(StoredKey key, AuditEntry entry, CancellationToken cancellationToken) => database.WriteAsync(
        connection =>
        {
            using (var ask = connection.Command("SELECT exportable, deleted FROM key WHERE name = @name", ("@name", key.Id.Name)))
            using (var row = ask.ExecuteReader())
            {
                if (row.Read())
                {
                    if (!row.IsDBNull(1)) throw KeyErrors.IsDeleted(key.Id.Name);
                    if (row.GetBoolean(0) != key.Attributes.Exportable) throw KeyErrors.ExportableDiffers();
                }
            }

            using (var add = connection.Command("INSERT INTO key (name, exportable) VALUES (@name, @exportable) ON CONFLICT DO NOTHING", ("@name", key.Id.Name),
                ("@exportable", key.Attributes.Exportable)))
                add.ExecuteNonQuery();
            KeyRows.Insert(connection, key);
            audit.Append(connection, entry);
            return key;
        },
        cancellationToken);

    /// <summary>Adds a version after another one, unless that is no longer the newest or the key is deleted.</summary>
    /// <returns>Whether it was added.</returns>
    public Task<bool> AddAfterAsync(string newest, StoredKey key, AuditEntry entry, CancellationToken cancellationToken) => database.WriteAsync(
        connection =>
        {
            if (Find(connection, new(key.Id.Name), Live)?.Id.Version != newest) return false;
            KeyRows.Insert(connection, key);
            audit.Append(connection, entry);
            return true;
        },
        cancellationToken);

    /// <summary>Puts a key back with all its versions, oldest first.</summary>
    /// <exception cref="Hosting.Errors.ServiceException">409: there is a key of that name, deleted or not.</exception>
    public Task<StoredKey> RestoreAsync(IReadOnlyList<StoredKey> versions, AuditEntry entry, CancellationToken cancellationToken)
        => database.WriteAsync(
        connection =>
        {
            using (var add = connection.Command("INSERT INTO key (name, exportable) VALUES (@name, @exportable) ON CONFLICT DO NOTHING",
                ("@name", versions[0].Id.Name), ("@exportable", versions[0].Attributes.Exportable)))
                if (add.ExecuteNonQuery() == 0) throw KeyErrors.Exists(versions[0].Id.Name);
            foreach (var version in versions) KeyRows.Insert(connection, version);
            audit.Append(connection, entry);
            return versions[^1];
        },
        cancellationToken);

    /// <summary>Writes to the audit log what changed nothing here.</summary>
    public Task<long> RecordAsync(AuditEntry entry, CancellationToken cancellationToken) => audit.AppendAsync(entry, cancellationToken);

    /// <summary>A version, the newest where the id names none; null where there is none or the key is deleted.</summary>
    public StoredKey? Find(KeyId id) => database.Read(connection => Find(connection, id, Live));

    /// <summary>The newest version of each key after a name, in the names' order.</summary>
    public IReadOnlyList<StoredKey> List(string after, int most) => database.Read(connection => Rows(
        connection.Command(
            $"""
            SELECT {KeyRows.Columns} FROM key k JOIN key_version v ON v.seq = (SELECT max(seq) FROM key_version WHERE name = k.name)
            WHERE {Live} AND k.name > @after ORDER BY k.name LIMIT @most
            """,
            ("@after", after),
            ("@most", most))));

    /// <summary>The versions of a key after one of them, oldest first.</summary>
    public IReadOnlyList<StoredKey> Versions(string name, string after, int most) => database.Read(connection => Rows(
        connection.Command(
            $"""
            SELECT {KeyRows.Columns} FROM key_version v JOIN key k ON k.name = v.name
            WHERE {Live} AND v.name = @name AND v.seq > coalesce((SELECT seq FROM key_version WHERE name = @name AND version = @after), 0) ORDER BY v.seq LIMIT @most
            """,
            ("@name", name),
            ("@after", after),
            ("@most", most))));

    /// <summary>Changes a version's attributes, operations, tags or policy.</summary>
    /// <param name="id">The version, or the newest.</param>
    /// <param name="change">The new value of the old one; what it throws is the answer.</param>
    /// <param name="entry">For the audit log.</param>
    /// <param name="cancellationToken">Gives up waiting.</param>
    public Task<StoredKey> UpdateAsync(KeyId id, Func<StoredKey, StoredKey> change, AuditEntry entry, CancellationToken cancellationToken)
        => database.WriteAsync(
        connection =>
        {
            var changed = change(Find(connection, id, Live) ?? throw KeyErrors.NotFound(id));
            KeyRows.Update(connection, changed);
            audit.Append(connection, entry);
            return changed;
        },
        cancellationToken);

    /// <summary>Deletes a key, all versions, recoverably.</summary>
    public Task<DeletedKey> DeleteAsync(string name, AuditEntry entry, CancellationToken cancellationToken) => database.WriteAsync(
        connection =>
        {
            var newest = Find(connection, new(name), Live) ?? throw KeyErrors.NotFound(new(name));
            var now = DateTimeOffset.FromUnixTimeSeconds(clock.GetUtcNow().ToUnixTimeSeconds());
            using var mark = connection.Command("UPDATE key SET deleted = @now, purge = @purge WHERE name = @name", ("@name", name),
                ("@now", KeyRows.Seconds(now)), ("@purge", KeyRows.Seconds(now.AddDays(RecoverableDays))));
            mark.ExecuteNonQuery();
            audit.Append(connection, entry);
            return new DeletedKey(newest, now, now.AddDays(RecoverableDays));
        },
        cancellationToken);

    /// <summary>A deleted key, or null.</summary>
    public DeletedKey? FindDeleted(string name) => Deleted(name, "", 1) is [var only] ? only : null;

    /// <summary>Deleted keys after a name.</summary>
    public IReadOnlyList<DeletedKey> ListDeleted(string after, int most) => Deleted(null, after, most);

    /// <summary>Takes a deletion back.</summary>
    public Task<StoredKey> RecoverAsync(string name, AuditEntry entry, CancellationToken cancellationToken) => database.WriteAsync(
        connection =>
        {
            using var mark = connection.Command("UPDATE key SET deleted = NULL, purge = NULL WHERE name = @name AND deleted IS NOT NULL",
                ("@name", name));
            if (mark.ExecuteNonQuery() == 0) throw KeyErrors.DeletedNotFound(name);
            audit.Append(connection, entry);
            return Find(connection, new(name), Live)!;
        },
        cancellationToken);

    /// <summary>Removes a deleted key for good.</summary>
    public Task<bool> PurgeAsync(string name, AuditEntry entry, CancellationToken cancellationToken) => database.WriteAsync(
        connection =>
        {
            using var remove = connection.Command("DELETE FROM key WHERE name = @name AND deleted IS NOT NULL", ("@name", name));
            if (remove.ExecuteNonQuery() == 0) throw KeyErrors.DeletedNotFound(name);
            audit.Append(connection, entry);
            return true;
        },
        cancellationToken);

    private static StoredKey? Find(DbConnection connection, KeyId id, string where) => connection.Ask(
        $"""
        SELECT {KeyRows.Columns} FROM key_version v JOIN key k ON k.name = v.name
        WHERE {where} AND v.name = @name AND (CAST(@version AS TEXT) IS NULL OR v.version = @version) ORDER BY v.seq DESC LIMIT 1
        """,
        row => row.Read() ? KeyRows.Read(row, RecoverableDays) : null,
        ("@name", id.Name),
        ("@version", id.Version));

    private static List<StoredKey> Rows(DbCommand command)
    {
        using (command)
        {
            using var row = command.ExecuteReader();
            var keys = new List<StoredKey>();
            while (row.Read()) keys.Add(KeyRows.Read(row, RecoverableDays));
            return keys;
        }
    }

    private List<DeletedKey> Deleted(string? name, string after, int most) => database.Read(connection =>
    {
        using var command = connection.Command(
            $"""
            SELECT {KeyRows.Columns}, k.deleted, k.purge FROM key k JOIN key_version v ON v.seq = (SELECT max(seq) FROM key_version WHERE name = k.name)
            WHERE k.deleted IS NOT NULL AND (CAST(@name AS TEXT) IS NULL OR k.name = @name) AND k.name > @after ORDER BY k.name LIMIT @most
            """,
            ("@name", name),
            ("@after", after),
            ("@most", most));
        using var row = command.ExecuteReader();
        var keys = new List<DeletedKey>();
        while (row.Read())
            keys.Add(new(KeyRows.Read(row, RecoverableDays), DateTimeOffset.FromUnixTimeSeconds(row.GetInt64(16)),
                DateTimeOffset.FromUnixTimeSeconds(row.GetInt64(17))));
        return keys;
    });
}
