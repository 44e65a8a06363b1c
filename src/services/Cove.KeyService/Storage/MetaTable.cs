using Cove.Hosting.Storage;

namespace Cove.KeyService.Storage;

/// <summary>What the service has to know of its data before it can use it: written once, by whichever instance comes first.</summary>
internal static class MetaTable
{
    /// <summary>Keeps a value unless there is one of that name.</summary>
    /// <returns>The one that is kept.</returns>
    public static Task<byte[]> KeepAsync(Database database, string name, byte[] value, CancellationToken cancellationToken) => database.WriteAsync(
        connection =>
        {
            connection.Execute("INSERT INTO meta (name, value) VALUES (@name, @value) ON CONFLICT DO NOTHING", ("@name", name), ("@value", value));
            using var read = connection.Command("SELECT value FROM meta WHERE name = @name", ("@name", name));
            return (byte[])read.ExecuteScalar()!;
        },
        cancellationToken);
}
