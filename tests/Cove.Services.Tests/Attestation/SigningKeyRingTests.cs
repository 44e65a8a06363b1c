using System.Security.Cryptography;
using Cove.AttestationService;
using Cove.AttestationService.Signing;
using Cove.Formats.Certificates;
using Cove.Formats.Jose;
using Cove.Hosting.CommandLine;
using Cove.Hosting.Storage;

namespace Cove.Services.Tests.Attestation;

public sealed class SigningKeyRingTests : IDisposable
{
    private const string Issuer = "https://attest.example";
    private static readonly KeySchedule Schedule = new(TimeSpan.FromDays(30));
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("cove-test-");
    private readonly AdjustableClock _clock = new(new DateTimeOffset(2026, 11, 22, 0, 0, 0, TimeSpan.Zero));

    private string DatabasePath => Path.Combine(_folder.FullName, "attestation.db");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public async Task A_key_is_published_a_day_before_it_signs_and_until_its_last_token_has_expired()
    {
        await using var database = Open();
        using var ring = await OpenRingAsync(database);
        var first = ring.Current().KeyId;
        Assert.Equal([first], Published(ring));

        await AtAsync(ring, TimeSpan.FromDays(29) - TimeSpan.FromSeconds(1));
        Assert.Single(Published(ring));
        await AtAsync(ring, TimeSpan.FromSeconds(1));
        var second = Published(ring)[1];
        Assert.Equal(first, ring.Current().KeyId);
        await AtAsync(ring, TimeSpan.FromDays(1) - TimeSpan.FromSeconds(1));
        Assert.Equal(first, ring.Current().KeyId);
        _clock.Now += TimeSpan.FromSeconds(1);
        Assert.Equal(second, ring.Current().KeyId);

        // A year later, after many rotations, it goes; the one after it is still there.
        for (var month = 0; month < 12; month++)
        {
            await AtAsync(ring, TimeSpan.FromDays(30));
            Assert.Contains(first, Published(ring));
        }

        await AtAsync(ring, TimeSpan.FromDays(5) + TimeSpan.FromHours(2));
        Assert.DoesNotContain(first, Published(ring));
        Assert.Contains(second, Published(ring));
        Assert.Equal(Published(ring).Length, Published(ring).Distinct().Count());
    }

    [Fact]
    public async Task The_private_part_goes_when_a_key_signs_no_more()
    {
        await using var database = Open();
        using var ring = await OpenRingAsync(database);
        await AtAsync(ring, TimeSpan.FromDays(29));
        await AtAsync(ring, TimeSpan.FromDays(1) + KeySchedule.Grace);
        Assert.Equal(2, PrivateParts(database));
        await AtAsync(ring, TimeSpan.FromSeconds(1));
        Assert.Equal(1, PrivateParts(database));
        Assert.Equal(2, Published(ring).Length);
        Assert.Equal(Published(ring)[1], ring.Current().KeyId);
    }

    [Fact]
    public async Task Instances_agree_on_the_key_at_every_moment()
    {
        await using var database = Open();
        await using var other = Open();
        var rings = await Task.WhenAll(OpenRingAsync(database), OpenRingAsync(other));
        using var one = rings[0];
        using var two = rings[1];
        for (var step = 0; step < 400; step++)
        {
            _clock.Now += TimeSpan.FromHours(5);
            await (step % 2 == 0 ? one : two).RefreshAsync(CancellationToken.None);
            Assert.Equal(one.Current().KeyId, two.Current().KeyId);
            Assert.Contains(one.Current().KeyId, Published(two));
            Assert.Contains(two.Current().KeyId, Published(one));
        }

        await one.RefreshAsync(CancellationToken.None);
        await two.RefreshAsync(CancellationToken.None);
        Assert.Equal(Published(one), Published(two));
        Assert.InRange(Published(one).Length, 3, 4);
    }

    [Fact]
    public async Task A_service_that_was_off_for_long_goes_on_with_its_key_and_makes_the_next()
    {
        string first;
        await using (var database = Open())
        {
            using var before = await OpenRingAsync(database);
            first = before.Current().KeyId;
        }

        _clock.Now += TimeSpan.FromDays(200);
        await using var again = Open();
        using var ring = await OpenRingAsync(again);
        Assert.Equal(first, ring.Current().KeyId);
        Assert.Equal(2, Published(ring).Length);
        _clock.Now += KeySchedule.Lead;
        Assert.Equal(Published(ring)[1], ring.Current().KeyId);
    }

    [Fact]
    public async Task Sealed_keys_open_under_their_master_key_only()
    {
        using var master = NewMasterKey();
        await using (var database = Open())
        {
            using var ring = await OpenRingAsync(database, master);
            var stored = database.Read(connection =>
            {
                using var command = connection.Command("SELECT private_key FROM token_key");
                return (byte[])command.ExecuteScalar()!;
            });
            using var rsa = RSA.Create();
            Assert.ThrowsAny<CryptographicException>(() => rsa.ImportPkcs8PrivateKey(stored, out _));
        }

        await using var again = Open();
        using (await OpenRingAsync(again, master)) { }
        using var another = NewMasterKey();
        await Assert.ThrowsAsync<UsageException>(() => OpenRingAsync(again, another));
        await Assert.ThrowsAsync<UsageException>(() => OpenRingAsync(again));
    }

    [Fact]
    public async Task The_key_of_a_service_before_rotation_stays_in_use()
    {
        var (pkcs8, certificate) = SigningKey.Make(Issuer, _clock.Now);
        await using (var old = Database.Open(DatabasePath, [.. AttestationSchema.Sqlite.Take(2)]))
        {
            await old.WriteAsync(
                connection => connection.Execute(
                    "INSERT INTO signing_key (created, pkcs8, certificate) VALUES (@created, @pkcs8, @certificate)",
                    ("@created", _clock.Now.ToUnixTimeSeconds()),
                    ("@pkcs8", pkcs8),
                    ("@certificate", certificate)),
                CancellationToken.None);
        }

        await using var database = Open();
        using var ring = await OpenRingAsync(database);
        Assert.Equal(certificate, Jwks.Parse(ring.PublishedKeys).Keys.Single().CertificateChain![0]);
    }

    private static string[] Published(SigningKeyRing ring) => [.. Jwks.Parse(ring.PublishedKeys).Keys.Select(key => key.KeyId!)];

    private static long PrivateParts(Database database) => database.Read(connection =>
    {
        using var command = connection.Command("SELECT count(*) FROM token_key WHERE private_key IS NOT NULL");
        return (long)command.ExecuteScalar()!;
    });

    private Database Open() => Database.Open(DatabasePath, AttestationSchema.Sqlite);

    private Task<SigningKeyRing> OpenRingAsync(Database database, MasterKey? master = null) =>
        SigningKeyRing.OpenAsync(database, master, Schedule, Issuer, _clock, CancellationToken.None);

    private Task AtAsync(SigningKeyRing ring, TimeSpan later)
    {
        _clock.Now += later;
        return ring.RefreshAsync(CancellationToken.None);
    }

    private MasterKey NewMasterKey()
    {
        var file = Path.Combine(_folder.FullName, $"{Guid.NewGuid()}.key");
        PrivateFile.Write(file, RandomNumberGenerator.GetBytes(MasterKey.Length));
        return MasterKey.Load(file);
    }
}
