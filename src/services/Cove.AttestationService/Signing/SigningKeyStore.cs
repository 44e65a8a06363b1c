using System.Security.Cryptography;
using Cove.Hosting.Storage;
using Microsoft.Data.Sqlite;

namespace Cove.AttestationService.Signing;

/// <summary>Keeps the signing key in the service's database: made once, on disk before it signs anything.</summary>
internal sealed class SigningKeyStore(Database database, TimeProvider clock)
{
    /// <summary>The key of this service; made, and written, where there is none yet.</summary>
    public async Task<SigningKey> OpenAsync(string issuer, CancellationToken cancellation)
    {
        if (database.Read(Newest) is { } kept) return kept;
        var (pkcs8, certificate) = SigningKey.Make(issuer, clock.GetUtcNow());
        try
        {
            // Another instance may have written one meanwhile; then that one is ours too.
            return await database.WriteAsync(
                connection =>
                {
                    if (Newest(connection) is { } other) return other;
                    Insert(connection, clock.GetUtcNow().ToUnixTimeSeconds(), pkcs8, certificate);
                    return SigningKey.Load(pkcs8, certificate);
                },
                cancellation);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(pkcs8);
        }
    }

    private static SigningKey? Newest(SqliteConnection connection)
    {
        using var command = connection.CreateCommand();
        command.CommandText = "SELECT pkcs8, certificate FROM signing_key ORDER BY id DESC LIMIT 1";
        using var row = command.ExecuteReader();
        if (!row.Read()) return null;
        var pkcs8 = row.GetFieldValue<byte[]>(0);
        try
        {
            return SigningKey.Load(pkcs8, row.GetFieldValue<byte[]>(1));
        }
        finally
        {
            CryptographicOperations.ZeroMemory(pkcs8);
        }
    }

    private static void Insert(SqliteConnection connection, long created, byte[] pkcs8, byte[] certificate)
    {
        using var command = connection.CreateCommand();
        command.CommandText = "INSERT INTO signing_key (created, pkcs8, certificate) VALUES ($created, $pkcs8, $certificate)";
        command.Parameters.AddWithValue("$created", created);
        command.Parameters.AddWithValue("$pkcs8", pkcs8);
        command.Parameters.AddWithValue("$certificate", certificate);
        command.ExecuteNonQuery();
    }
}
