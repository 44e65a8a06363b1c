using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using Cove.Formats.Certificates;
using Cove.Hosting.Storage;
using Cove.KeyService.Access;
using Cove.KeyService.Api;
using Cove.KeyService.Audit;
using Cove.KeyService.Backup;
using Cove.KeyService.Storage;
using Cove.Services.Tests.Hosting;
using Microsoft.Extensions.Logging.Abstractions;

namespace Cove.Services.Tests.Keys;

public sealed class BackupStorageTests : IAsyncDisposable
{
    private readonly TestIdentity _identity = new();
    private readonly Database _database;
    private readonly MasterKey _master;

    public BackupStorageTests()
    {
        var file = Path.Combine(_identity.Folder.FullName, "master.key");
        PrivateFile.Write(file, RandomNumberGenerator.GetBytes(MasterKey.Length));
        _master = MasterKey.Load(file);
        _database = Database.Open(Path.Combine(_identity.Folder.FullName, "keys.db"), KeySchema.Sqlite);
    }

    public async ValueTask DisposeAsync()
    {
        await _database.DisposeAsync();
        _master.Dispose();
        _identity.Dispose();
    }

    [Theory]
    [InlineData("https://a.blob.core.windows.net", "https://a.blob.core.windows.net/box", true)]
    [InlineData("https://a.blob.core.windows.net/box", "https://a.blob.core.windows.net/box", true)]
    [InlineData("https://a.blob.core.windows.net/box", "https://A.blob.core.windows.net/box/", true)]
    [InlineData("https://a.blob.core.windows.net/box", "https://a.blob.core.windows.net/box/below", true)]
    [InlineData("https://a.blob.core.windows.net/box", "https://a.blob.core.windows.net/boxes", false)]
    [InlineData("https://a.blob.core.windows.net/box", "https://a.blob.core.windows.net/box/../other", false)]
    [InlineData("https://a.blob.core.windows.net/box", "https://a.blob.core.windows.net:444/box", false)]
    [InlineData("https://a.blob.core.windows.net", "https://a.blob.core.windows.net.example/box", false)]
    [InlineData("https://a.blob.core.windows.net", "https://b.blob.core.windows.net/box", false)]
    [InlineData(null, "https://a.blob.core.windows.net/box", false)]
    public void Only_what_lies_in_permitted_storage_is_used(string? permitted, string container, bool isPermitted)
    {
        using var storage = new BackupStorage(permitted is null ? [] : [new(new Uri(permitted), null)], TimeProvider.System);
        Assert.Equal(isPermitted, storage.Refuse(Place(container)) is null);
    }

    [Fact]
    public async Task Storage_that_does_not_answer_or_is_on_this_machine_without_a_pinned_certificate_fails_the_job()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var url = $"https://localhost:{((IPEndPoint)listener.LocalEndpoint).Port}";
        var unpinned = await RunAsync(new(new Uri(url), null), url, stop: false);
        Assert.Equal("backup-storage-unavailable", unpinned.Code);
        Assert.Contains("where no backup storage is looked for", unpinned.Details, StringComparison.Ordinal);
        Assert.False(listener.Pending());
        listener.Stop();
        var gone = await RunAsync(new(new Uri(url), _identity.AuthorityFile), url, stop: false);
        Assert.Equal(("Failed", "backup-storage-unavailable"), (gone.Status, gone.Code));
        Assert.Contains("does not answer", gone.Details, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_job_that_runs_when_the_service_stops_ends_as_interrupted()
    {
        using var silent = new TcpListener(IPAddress.Loopback, 0);
        silent.Start();
        var url = $"https://localhost:{((IPEndPoint)silent.LocalEndpoint).Port}";
        var job = await RunAsync(new(new Uri(url), _identity.AuthorityFile), url, stop: true);
        Assert.Equal(("Failed", "backup-interrupted"), (job.Status, job.Code));
        Assert.Null(AuditTrail.Follow(new AuditLog(_database, TimeProvider.System)).Broken);
    }

    private async Task<BackupJob> RunAsync(StoragePin pin, string url, bool stop)
    {
        var clock = new ImpatientClock();
        using var storage = new BackupStorage([pin], clock);
        var jobs = new BackupJobStore(_database, new AuditLog(_database, clock), clock);
        var backups = new FullBackups(_database, jobs, storage, _master, new("https://vault"), clock);
        var place = Place($"{url}/box");
        var job = await jobs.BeginAsync(BackupKind.Backup, null, place.ToString(), new("fullbackup.start", "", "caller", "request", []), TestContext.Current.CancellationToken);
        backups.Back(job, place, new("caller", [], []), "request", NullLogger.Instance);
        while (!stop && jobs.Find(job.Id)!.Ended is null) await Task.Delay(20, TestContext.Current.CancellationToken);
        await backups.DisposeAsync();
        return jobs.Find(job.Id)!;
    }

    private static BackupPlace Place(string container)
    {
        var body = System.Text.Encoding.UTF8.GetBytes($$"""{"storageResourceUri":"{{container}}","token":"sig=x"}""");
        using var document = RequestJson.Parse(body, body.Length);
        return BackupPlace.New(new RequestJson(document.RootElement), "mhsm-x-1");
    }

    /// <summary>A clock whose waits are over at once.</summary>
    private sealed class ImpatientClock : TimeProvider
    {
        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) => base.CreateTimer(callback, state, TimeSpan.Zero, period);
    }
}
