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
        var kept = await MetaTable.KeepAsync(database, "check", master.Seal("cove"u8, Place), cancellationToken);
        try
        {
            master.Open(kept, Place);
        }
        catch (MalformedException)
        {
            throw new UsageException("the master key is not the one that this data is sealed under",
                "give the --master-key that was used before, or another --data folder");
        }
    }
}
