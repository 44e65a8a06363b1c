using System.Data.Common;
using System.Security.Cryptography;
using Cove.Hosting.CommandLine;
using Cove.Hosting.Storage;
using Cove.Outcomes;

namespace Cove.AttestationService.Signing;

/// <summary>The rows of <c>token_key</c>. Private parts are sealed under the master key where the service has one.</summary>
internal sealed class SigningKeyTable(MasterKey? master)
{
    /// <summary>All keys, oldest first.</summary>
    /// <param name="connection">To read from.</param>
    /// <param name="known">Keys that were read before, which are not made again.</param>
    public List<SigningKey> Read(DbConnection connection, IReadOnlyDictionary<long, SigningKey> known)
    {
        using var command = connection.Command("SELECT used_from, sealed, private_key, certificate FROM token_key ORDER BY used_from");
        using var row = command.ExecuteReader();
        List<SigningKey> keys = [];
        while (row.Read())
        {
            var usedFrom = row.GetInt64(0);
            var signs = !row.IsDBNull(2);
            keys.Add(known.TryGetValue(usedFrom, out var key) && (key.Signer is not null) == signs ? key
                : signs ? Load(usedFrom, row.GetInt64(1) != 0, row.GetFieldValue<byte[]>(2), row.GetFieldValue<byte[]>(3))
                : SigningKey.LoadPublic(usedFrom, row.GetFieldValue<byte[]>(3)));
        }

        return keys;
    }

    /// <summary>The newest key's time; null where there is none.</summary>
    public static long? Newest(DbConnection connection)
    {
        using var command = connection.Command("SELECT max(used_from) FROM token_key");
        return command.ExecuteScalar() as long?;
    }

    /// <summary>Adds a key.</summary>
    public void Insert(DbConnection connection, long usedFrom, byte[] pkcs8, byte[] certificate) => connection.Execute(
        "INSERT INTO token_key (used_from, sealed, private_key, certificate) VALUES (@used_from, @sealed, @private_key, @certificate)",
        ("@used_from", usedFrom),
        ("@sealed", master is null ? 0L : 1L),
        ("@private_key", master is null ? pkcs8 : master.Seal(pkcs8, Place(usedFrom))),
        ("@certificate", certificate));

    /// <summary>Removes the private parts of keys that sign no more, and the keys that nobody needs any more.</summary>
    /// <param name="connection">To write to.</param>
    /// <param name="silentBefore">Keys whose successor signs since before then lose their private part.</param>
    /// <param name="goneBefore">Keys whose successor signs since before then are removed.</param>
    public static void Retire(DbConnection connection, long silentBefore, long goneBefore)
    {
        const string succeeded = "EXISTS (SELECT 1 FROM token_key AS next WHERE next.used_from > token_key.used_from AND next.used_from < @before)";
        connection.Execute($"UPDATE token_key SET private_key = NULL WHERE private_key IS NOT NULL AND {succeeded}", ("@before", silentBefore));
        connection.Execute($"DELETE FROM token_key WHERE {succeeded}", ("@before", goneBefore));
    }

    private static string Place(long usedFrom) => $"token_key/{usedFrom}";

    private SigningKey Load(long usedFrom, bool isSealed, byte[] stored, byte[] certificate)
    {
        const string hint = "give the --master-key file that was used before, or another database";
        if (isSealed && master is null) throw new UsageException("the signing keys are sealed under a master key, and none was given", hint);
        byte[]? pkcs8 = null;
        try
        {
            pkcs8 = isSealed ? master!.Open(stored, Place(usedFrom)) : stored;
            return SigningKey.Load(usedFrom, certificate, pkcs8);
        }
        catch (MalformedException)
        {
            throw new UsageException("the master key is not the one that the signing keys are sealed under", hint);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(pkcs8);
        }
    }
}
