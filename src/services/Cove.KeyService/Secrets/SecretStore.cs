using System.Data.Common;
using System.Text.Json;
using Cove.Hosting.Storage;
using Cove.KeyService.Audit;
using Cove.KeyService.Storage;

namespace Cove.KeyService.Secrets;

/// <summary>The secrets. What a method has returned is on disk, and each change is in the audit log by the same transaction.</summary>
internal sealed class SecretStore(Database database, AuditLog audit, TimeProvider clock)
{
    private const string Columns = "v.name, v.version, v.sealed, v.content_type, v.enabled, v.created, v.updated, v.nbf, v.exp, v.tags, s.deleted, s.purge";
    private const string Newest = "secret s JOIN secret_version v ON v.seq = (SELECT max(seq) FROM secret_version WHERE name = s.name)";

    /// <summary>Adds a version, the first one or a newer one.</summary>
    /// <exception cref="Hosting.Errors.ServiceException">409: the name belongs to a deleted secret.</exception>
    public Task<StoredSecret> AddAsync(StoredSecret secret, AuditEntry entry, CancellationToken cancellationToken) => database.WriteAsync(
        connection =>
        {
            using (var add = connection.Command("INSERT INTO secret (name) VALUES (@name) ON CONFLICT DO NOTHING", ("@name", secret.Name))) add.ExecuteNonQuery();
            using (var ask = connection.Command("SELECT deleted FROM secret WHERE name = @name", ("@name", secret.Name)))
                if (ask.ExecuteScalar() is long) throw SecretErrors.IsDeleted(secret.Name);
            Insert(connection, secret);
            audit.Append(connection, entry);
            return secret;
        },
        cancellationToken);

    /// <summary>Puts a secret back with all its versions, oldest first.</summary>
    /// <exception cref="Hosting.Errors.ServiceException">409: there is a secret of that name, deleted or not.</exception>
    public Task<StoredSecret> RestoreAsync(IReadOnlyList<StoredSecret> versions, AuditEntry entry, CancellationToken cancellationToken) => database.WriteAsync(
        connection =>
        {
            using (var add = connection.Command("INSERT INTO secret (name) VALUES (@name) ON CONFLICT DO NOTHING", ("@name", versions[0].Name)))
                if (add.ExecuteNonQuery() == 0) throw SecretErrors.Exists(versions[0].Name);
            foreach (var version in versions) Insert(connection, version);
            audit.Append(connection, entry);
            return versions[^1];
        },
        cancellationToken);

    /// <summary>A version, the newest where none is named; null where there is none or the secret is deleted.</summary>
    public StoredSecret? Find(string name, string? version) => database.Read(connection => Find(connection, name, version));

    /// <summary>The newest version of each secret after a name.</summary>
    public IReadOnlyList<StoredSecret> List(string after, int most) => database.Read(connection =>
    {
        using var command = connection.Command($"SELECT {Columns} FROM {Newest} WHERE s.deleted IS NULL AND s.name > @after ORDER BY s.name LIMIT @most", ("@after", after), ("@most", most));
        return Rows(command, Read);
    });

    /// <summary>The versions of a secret after one of them, oldest first.</summary>
    public IReadOnlyList<StoredSecret> Versions(string name, string after, int most) => database.Read(connection =>
    {
        using var command = connection.Command(
            $"""
            SELECT {Columns} FROM secret_version v JOIN secret s ON s.name = v.name WHERE s.deleted IS NULL AND v.name = @name
            AND v.seq > coalesce((SELECT seq FROM secret_version WHERE name = @name AND version = @after), 0) ORDER BY v.seq LIMIT @most
            """,
            ("@name", name),
            ("@after", after),
            ("@most", most));
        return Rows(command, Read);
    });

    /// <summary>Changes a version's attributes, content type or tags.</summary>
    public Task<StoredSecret> UpdateAsync(string name, string? version, Func<StoredSecret, StoredSecret> change, AuditEntry entry,
        CancellationToken cancellationToken) => database.WriteAsync(
        connection =>
        {
            var changed = change(Find(connection, name, version) ?? throw SecretErrors.NotFound(name));
            using var update = connection.Command(
                "UPDATE secret_version SET content_type = @type, enabled = @enabled, updated = @updated, nbf = @nbf, exp = @exp, tags = @tags WHERE name = @name AND version = @version",
                Changeable(changed));
            update.ExecuteNonQuery();
            audit.Append(connection, entry);
            return changed;
        },
        cancellationToken);

    /// <summary>Deletes a secret, all versions, recoverably.</summary>
    public Task<DeletedSecret> DeleteAsync(string name, AuditEntry entry, CancellationToken cancellationToken) => database.WriteAsync(
        connection =>
        {
            var newest = Find(connection, name, null) ?? throw SecretErrors.NotFound(name);
            var now = DateTimeOffset.FromUnixTimeSeconds(clock.GetUtcNow().ToUnixTimeSeconds());
            var purge = now.AddDays(KeyStore.RecoverableDays);
            using var mark = connection.Command("UPDATE secret SET deleted = @now, purge = @purge WHERE name = @name", ("@name", name),
                ("@now", KeyRows.Seconds(now)), ("@purge", KeyRows.Seconds(purge)));
            mark.ExecuteNonQuery();
            audit.Append(connection, entry);
            return new DeletedSecret(newest, now, purge);
        },
        cancellationToken);

    /// <summary>A deleted secret, or null.</summary>
    public DeletedSecret? FindDeleted(string name) => Deleted(name, "", 1) is [var only] ? only : null;

    /// <summary>Deleted secrets after a name.</summary>
    public IReadOnlyList<DeletedSecret> ListDeleted(string after, int most) => Deleted(null, after, most);

    /// <summary>Takes a deletion back.</summary>
    public Task<StoredSecret> RecoverAsync(string name, AuditEntry entry, CancellationToken cancellationToken) => database.WriteAsync(
        connection =>
        {
            using var mark = connection.Command("UPDATE secret SET deleted = NULL, purge = NULL WHERE name = @name AND deleted IS NOT NULL",
                ("@name", name));
            if (mark.ExecuteNonQuery() == 0) throw SecretErrors.DeletedNotFound(name);
            audit.Append(connection, entry);
            return Find(connection, name, null)!;
        },
        cancellationToken);

    /// <summary>Removes a deleted secret for good.</summary>
    public Task<bool> PurgeAsync(string name, AuditEntry entry, CancellationToken cancellationToken) => database.WriteAsync(
        connection =>
        {
            using var remove = connection.Command("DELETE FROM secret WHERE name = @name AND deleted IS NOT NULL", ("@name", name));
            if (remove.ExecuteNonQuery() == 0) throw SecretErrors.DeletedNotFound(name);
            audit.Append(connection, entry);
            return true;
        },
        cancellationToken);

    private static void Insert(DbConnection connection, StoredSecret secret) => connection.Execute(
        """
        INSERT INTO secret_version (name, version, sealed, content_type, enabled, created, updated, nbf, exp, tags)
        VALUES (@name, @version, @sealed, @type, @enabled, @created, @updated, @nbf, @exp, @tags)
        """,
        [.. Changeable(secret), ("@sealed", secret.SealedValue), ("@created", KeyRows.Seconds(secret.Created))]);

    private static StoredSecret? Find(DbConnection connection, string name, string? version)
    {
        using var command = connection.Command(
            $"""
            SELECT {Columns} FROM secret_version v JOIN secret s ON s.name = v.name
            WHERE s.deleted IS NULL AND v.name = @name AND (CAST(@version AS TEXT) IS NULL OR v.version = @version) ORDER BY v.seq DESC LIMIT 1
            """,
            ("@name", name),
            ("@version", version));
        return Rows(command, Read) is [var only] ? only : null;
    }

    private static List<T> Rows<T>(DbCommand command, Func<DbDataReader, T> read)
    {
        using var row = command.ExecuteReader();
        var rows = new List<T>();
        while (row.Read()) rows.Add(read(row));
        return rows;
    }

    private static StoredSecret Read(DbDataReader row) => new()
    {
        Name = row.GetString(0),
        Version = row.GetString(1),
        SealedValue = row.GetFieldValue<byte[]>(2),
        ContentType = row.IsDBNull(3) ? null : row.GetString(3),
        Enabled = row.GetBoolean(4),
        Created = Time(row, 5)!.Value,
        Updated = Time(row, 6)!.Value,
        NotBefore = Time(row, 7),
        Expires = Time(row, 8),
        Tags = row.IsDBNull(9) ? null : JsonSerializer.Deserialize<Dictionary<string, string>>(row.GetString(9)),
    };

    private static DateTimeOffset? Time(DbDataReader row, int column)
        => row.IsDBNull(column) ? null : DateTimeOffset.FromUnixTimeSeconds(row.GetInt64(column));

    private static (string, object?)[] Changeable(StoredSecret secret) =>
    [
        ("@name", secret.Name),
        ("@version", secret.Version),
        ("@type", secret.ContentType),
        ("@enabled", secret.Enabled),
        ("@updated", KeyRows.Seconds(secret.Updated)),
        ("@nbf", KeyRows.Seconds(secret.NotBefore)),
        ("@exp", KeyRows.Seconds(secret.Expires)),
        ("@tags", secret.Tags is null ? null : JsonSerializer.Serialize(secret.Tags)),
    ];

    private List<DeletedSecret> Deleted(string? name, string after, int most) => database.Read(connection =>
    {
        using var command = connection.Command(
            $"SELECT {Columns} FROM {Newest} WHERE s.deleted IS NOT NULL AND (CAST(@name AS TEXT) IS NULL OR s.name = @name) AND s.name > @after ORDER BY s.name LIMIT @most",
            ("@name", name),
            ("@after", after),
            ("@most", most));
        return Rows(command, row => new DeletedSecret(Read(row), Time(row, 10)!.Value, Time(row, 11)!.Value));
    });
}
