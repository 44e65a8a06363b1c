using Cove.Hosting.Storage;

namespace Cove.Services.Tests.Hosting;

public sealed class SqliteDatabaseTests : DatabaseTests, IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("cove-test-");

    private string DatabasePath => Path.Combine(_folder.FullName, "state.db");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public async Task Only_the_owner_may_read_the_file()
    {
        await using var database = await OpenAsync([]);
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(DatabasePath));
    }

    internal override Task<Database> OpenAsync(IReadOnlyList<string> schema) => Task.Run(() => Database.Open(DatabasePath, schema));
}
