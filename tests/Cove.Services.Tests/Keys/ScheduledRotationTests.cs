using System.Security.Cryptography;
using System.Text;
using Cove.Formats.Certificates;
using Cove.Formats.Jose;
using Cove.Hosting.Storage;
using Cove.KeyService.Api;
using Cove.KeyService.Audit;
using Cove.KeyService.Storage;
using Cove.Keys.Vault;
using Cove.Keys.Wrapping;
using Microsoft.Extensions.Logging.Abstractions;

namespace Cove.Services.Tests.Keys;

public sealed class ScheduledRotationTests : IAsyncDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("cove-test-");
    private readonly Clock _clock = new();
    private readonly Database _database;
    private readonly MasterKey _master;
    private readonly AuditLog _audit;
    private readonly KeyStore _store;
    private readonly RotationPolicies _policies;
    private readonly ScheduledRotation _rotation;

    public ScheduledRotationTests()
    {
        var file = Path.Combine(_folder.FullName, "master.key");
        PrivateFile.Write(file, RandomNumberGenerator.GetBytes(MasterKey.Length));
        _master = MasterKey.Load(file);
        _database = Database.Open(Path.Combine(_folder.FullName, "keys.db"), KeySchema.Sqlite);
        _audit = new(_database, _clock);
        _store = new(_database, _audit, _clock);
        _policies = new(_database, _audit);
        _rotation = Rotation();
    }

    [Fact]
    public async Task A_key_is_rotated_when_its_time_after_creation_has_come_and_not_before()
    {
        await KeyAsync("after", new("Rotate", "P30D", null), expiryTime: "P90D");
        _clock.Advance(TimeSpan.FromDays(30) - TimeSpan.FromSeconds(1));
        Assert.Equal(0, await RotateAsync());
        _clock.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(1, await RotateAsync());
        Assert.Equal(0, await RotateAsync());
        var versions = _store.Versions("after", "", 10);
        Assert.Equal(2, versions.Count);
        Assert.Equal(_clock.GetUtcNow() + TimeSpan.FromDays(90), versions[1].Attributes.Expires);
        Assert.NotEqual(_master.Open(versions[0].SealedMaterial, StoredKey.PlaceOf(versions[0].Id)), _master.Open(versions[1].SealedMaterial, StoredKey.PlaceOf(versions[1].Id)));
        var entry = Encoding.UTF8.GetString(_audit.Read(0, 100)[^1].Entry.Span);
        Assert.Contains("\"operation\":\"rotate\"", entry, StringComparison.Ordinal);
        Assert.Contains("\"caller\":\"rotation-policy\"", entry, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_key_is_rotated_before_it_expires()
    {
        await KeyAsync("before", new("Rotate", null, "P30D"), expiryTime: "P90D", life: TimeSpan.FromDays(90));
        _clock.Advance(TimeSpan.FromDays(60) - TimeSpan.FromSeconds(1));
        Assert.Equal(0, await RotateAsync());
        _clock.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(1, await RotateAsync());
        _clock.Advance(TimeSpan.FromDays(60));
        Assert.Equal(1, await RotateAsync());
    }

    [Fact]
    public async Task Notification_an_absent_expiry_a_disabled_and_a_deleted_key_rotate_nothing()
    {
        await KeyAsync("notify", new("Notify", "P30D", null));
        await KeyAsync("endless", new("Rotate", null, "P30D"));
        await KeyAsync("disabled", new("Rotate", "P30D", null), enabled: false);
        await KeyAsync("deleted", new("Rotate", "P30D", null));
        await _store.DeleteAsync("deleted", new("delete", "deleted", "test", "test", []), CancellationToken.None);
        _clock.Advance(TimeSpan.FromDays(400));
        Assert.Equal(0, await RotateAsync());
    }

    [Fact]
    public async Task A_policy_that_is_always_due_rotates_once_a_week_at_most()
    {
        await KeyAsync("often", new("Rotate", "PT1S", null));
        _clock.Advance(TimeSpan.FromDays(6));
        Assert.Equal(0, await RotateAsync());
        _clock.Advance(TimeSpan.FromDays(1));
        Assert.Equal(1, await RotateAsync());
        Assert.Equal(0, await RotateAsync());
    }

    [Fact]
    public async Task Two_that_find_the_same_key_due_make_one_version()
    {
        await KeyAsync("shared", new("Rotate", "P30D", null));
        _clock.Advance(TimeSpan.FromDays(31));
        var done = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(() => Rotation().RotateDueAsync(NullLogger.Instance, CancellationToken.None))));
        Assert.Equal(1, done.Sum());
        Assert.Equal(2, _store.Versions("shared", "", 10).Count);
    }

    [Fact]
    public async Task It_looks_when_it_starts_and_ends_when_told_to()
    {
        await KeyAsync("started", new("Rotate", "P30D", null));
        _clock.Advance(TimeSpan.FromDays(31));
        using var stop = new CancellationTokenSource();
        var running = _rotation.RunAsync(NullLogger.Instance, stop.Token);
        while (_store.Versions("started", "", 10).Count < 2) await Task.Delay(5, TestContext.Current.CancellationToken);
        await stop.CancelAsync();
        await running;
    }

    public async ValueTask DisposeAsync()
    {
        await _database.DisposeAsync();
        _master.Dispose();
        _folder.Delete(recursive: true);
    }

    private ScheduledRotation Rotation() => new(_store, _policies, new(_policies, _master, _clock), _clock);

    private Task<int> RotateAsync() => _rotation.RotateDueAsync(NullLogger.Instance, TestContext.Current.CancellationToken);

    private async Task KeyAsync(string name, RotationAction action, string? expiryTime = null, TimeSpan? life = null, bool enabled = true)
    {
        var (id, now) = (KeyCreation.NewVersion(name), _clock.GetUtcNow());
        using var secret = OctJwk.FromBytes(RandomNumberGenerator.GetBytes(32));
        using var material = KeyMaterial.Of(secret);
        var key = new StoredKey
        {
            Id = id,
            KeyType = "oct-HSM",
            PublicJwk = null,
            SealedMaterial = _master.Seal(material.Bytes, StoredKey.PlaceOf(id)),
            KeyOperations = ["encrypt"],
            Attributes = new() { Created = now, Updated = now, Enabled = enabled, Expires = now + life },
            Tags = null,
            Policy = null,
        };
        await _store.AddAsync(key, new("create", id.ToString(), "test", "test", []), CancellationToken.None);
        await _policies.SetAsync(name, new([action], expiryTime, now, now), new("rotation-policy", name, "test", "test", []), CancellationToken.None);
    }

    private sealed class Clock : TimeProvider
    {
        private DateTimeOffset _now = DateTimeOffset.FromUnixTimeSeconds(1_800_000_000);

        public void Advance(TimeSpan by) => _now += by;

        public override DateTimeOffset GetUtcNow() => _now;
    }
}
