using System.Data.Common;
using System.Text.Json;
using Cove.Hosting.Storage;
using Cove.Keys.Vault;

namespace Cove.KeyService.Storage;

/// <summary>Between rows of <c>key_version</c> and <see cref="StoredKey"/>.</summary>
internal static class KeyRows
{
    public const string Columns = "v.name, v.version, v.kty, v.public, v.sealed, v.key_ops, v.enabled, v.created, v.updated, v.nbf, v.exp, v.tags, v.policy, v.policy_immutable, v.policy_content_type, k.exportable";

    public static StoredKey Read(DbDataReader row, int recoverableDays) => new()
    {
        Id = new(row.GetString(0), row.GetString(1)),
        KeyType = row.GetString(2),
        PublicJwk = row.IsDBNull(3) ? null : row.GetFieldValue<byte[]>(3),
        SealedMaterial = row.GetFieldValue<byte[]>(4),
        KeyOperations = row.GetString(5).Split(' ', StringSplitOptions.RemoveEmptyEntries),
        Attributes = new()
        {
            Enabled = row.GetBoolean(6),
            Created = DateTimeOffset.FromUnixTimeSeconds(row.GetInt64(7)),
            Updated = DateTimeOffset.FromUnixTimeSeconds(row.GetInt64(8)),
            NotBefore = Time(row, 9),
            Expires = Time(row, 10),
            Exportable = row.GetBoolean(15),
            RecoverableDays = recoverableDays,
        },
        Tags = row.IsDBNull(11) ? null : JsonSerializer.Deserialize<Dictionary<string, string>>(row.GetString(11)),
        Policy = row.IsDBNull(12) ? null : new(row.GetFieldValue<byte[]>(12), row.GetBoolean(13), row.GetString(14)),
    };

    public static void Insert(DbConnection connection, StoredKey key)
    {
        using var command = connection.Command(
            """
            INSERT INTO key_version (name, version, kty, public, sealed, key_ops, enabled, created, updated, nbf, exp, tags, policy, policy_immutable, policy_content_type)
            VALUES (@name, @version, @kty, @public, @sealed, @ops, @enabled, @created, @updated, @nbf, @exp, @tags, @policy, @immutable, @type)
            """,
            [.. Changeable(key), ("@version", key.Id.Version), ("@kty", key.KeyType), ("@public", key.PublicJwk), ("@sealed", key.SealedMaterial),
                ("@created", Seconds(key.Attributes.Created))]);
        command.ExecuteNonQuery();
    }

    public static void Update(DbConnection connection, StoredKey key)
    {
        using var command = connection.Command(
            """
            UPDATE key_version SET key_ops = @ops, enabled = @enabled, updated = @updated, nbf = @nbf, exp = @exp, tags = @tags,
                policy = @policy, policy_immutable = @immutable, policy_content_type = @type
            WHERE name = @name AND version = @version
            """,
            [.. Changeable(key), ("@version", key.Id.Version)]);
        command.ExecuteNonQuery();
    }

    public static long? Seconds(DateTimeOffset? time) => time?.ToUnixTimeSeconds();

    private static (string, object?)[] Changeable(StoredKey key) =>
    [
        ("@name", key.Id.Name),
        ("@ops", string.Join(' ', key.KeyOperations)),
        ("@enabled", key.Attributes.Enabled),
        ("@updated", Seconds(key.Attributes.Updated)),
        ("@nbf", Seconds(key.Attributes.NotBefore)),
        ("@exp", Seconds(key.Attributes.Expires)),
        ("@tags", key.Tags is null ? null : JsonSerializer.Serialize(key.Tags)),
        ("@policy", key.Policy?.Data),
        ("@immutable", key.Policy?.Immutable ?? false),
        ("@type", key.Policy?.ContentType),
    ];

    private static DateTimeOffset? Time(DbDataReader row, int column)
        => row.IsDBNull(column) ? null : DateTimeOffset.FromUnixTimeSeconds(row.GetInt64(column));
}
