using Cove.Hosting.CommandLine;
using Cove.Hosting.Storage;
using Cove.Outcomes;

namespace Cove.KeyService.Storage;

/// <summary>Finds out at the start, not at the first release, that the master key is not the one under which the data was sealed.</summary>
internal static class MasterKeyCheck
{
    private const string Place = "meta/check";

    /// <exception cref="UsageException">It is another key.</exception>
    public static async Task RunAsync(Database database, MasterKey master, CancellationToken cancellationToken)
    {
        var kept = await database.WriteAsync(
            connection =>
            {
                using var add = connection.Command("INSERT INTO meta (name, value) VALUES ('check', @value) ON CONFLICT DO NOTHING",
                    ("@value", master.Seal("cove"u8, Place)));
                add.ExecuteNonQuery();
                using var read = connection.Command("SELECT value FROM meta WHERE name = 'check'");
                return (byte[])read.ExecuteScalar()!;
            },
            cancellationToken);
        try
        {
            master.Open(kept, Place);
        }
        catch (MalformedException)
        {
            throw new UsageException("the master key is not the one that this data is sealed under",
                "give the --master-key file that was used before, or another --data folder");
        }
    }
}
