using System.Security.Cryptography;
using Cove.Attestation.Tokens;
using Cove.Formats.Jose;
using Cove.Hosting.Storage;
using Cove.Outcomes;

namespace Cove.AttestationService.Signing;

/// <summary>
/// The signing keys, as the database has them. Which of them signs follows from the clock alone: a key is published a day before it signs,
/// every instance has it long before, and it stays published until the last token that it signed has expired.
/// </summary>
internal sealed class SigningKeyRing : IDisposable
{
    private readonly Database _database;
    private readonly SigningKeyTable _table;
    private readonly KeySchedule _schedule;
    private readonly string _issuer;
    private readonly TimeProvider _clock;
    private volatile Snapshot _keys = new([]);

    private SigningKeyRing(Database database, MasterKey? master, KeySchedule schedule, string issuer, TimeProvider clock)
    {
        _database = database;
        _table = new SigningKeyTable(master);
        _schedule = schedule;
        _issuer = issuer;
        _clock = clock;
    }

    /// <summary>Every key that relying parties may need, the next one among them, as <c>/certs</c> answers.</summary>
    public ReadOnlyMemory<byte> PublishedKeys => _keys.Json;

    /// <summary>The key that signs now.</summary>
    public TokenSigningKey Current()
    {
        var now = _clock.GetUtcNow().ToUnixTimeSeconds();
        var keys = _keys.Keys;
        // The newest that may sign already; the oldest where a clock that was set back makes all of them future.
        var key = keys.LastOrDefault(candidate => candidate.UsedFrom <= now && candidate.Signer is not null) ?? keys.First(candidate => candidate.Signer is not null);
        return new TokenSigningKey(key.KeyId, key.Signer!);
    }

    /// <summary>Opens the ring; where there is no key yet, the first is made and signs at once.</summary>
    public static async Task<SigningKeyRing> OpenAsync(Database database, MasterKey? master, KeySchedule schedule, string issuer, TimeProvider clock, CancellationToken cancellation)
    {
        var ring = new SigningKeyRing(database, master, schedule, issuer, clock);
        await ring.RefreshAsync(cancellation);
        return ring;
    }

    /// <summary>Takes over what other instances made, makes the next key when its time has come, and drops what nobody needs any more.</summary>
    /// <exception cref="UnavailableException">The database failed; the keys stay as they were.</exception>
    public async Task RefreshAsync(CancellationToken cancellation)
    {
        var now = _clock.GetUtcNow().ToUnixTimeSeconds();
        if (IsDue(_database.Read(SigningKeyTable.Newest), now)) await MakeNextAsync(now, cancellation);
        await _database.WriteAsync(
            connection =>
            {
                SigningKeyTable.Retire(connection, now - Seconds(KeySchedule.Grace), now - Seconds(KeySchedule.Kept));
                return true;
            },
            cancellation);
        var before = _keys;
        var known = before.Keys.ToDictionary(key => key.UsedFrom);
        _keys = new Snapshot(_database.Read(connection => _table.Read(connection, known)));
        foreach (var gone in before.Keys.Except(_keys.Keys)) gone.Dispose();
    }

    /// <summary>Refreshes until cancelled.</summary>
    public async Task RunAsync(ILogger log, CancellationToken cancellation)
    {
        using var timer = new PeriodicTimer(KeySchedule.Refresh, _clock);
        while (!cancellation.IsCancellationRequested)
        {
            try
            {
                await timer.WaitForNextTickAsync(cancellation);
                await RefreshAsync(cancellation);
            }
            catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
            {
                return;
            }
            catch (Exception failed)
            {
                // The keys stay as they were, and a day of this must pass before one is missed.
                log.LogError(failed, "the signing keys could not be refreshed");
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var key in _keys.Keys) key.Dispose();
    }

    private static long Seconds(TimeSpan span) => (long)span.TotalSeconds;

    private bool IsDue(long? newest, long now) => newest is not { } usedFrom || now >= _schedule.NextMadeAt(usedFrom);

    private async Task MakeNextAsync(long now, CancellationToken cancellation)
    {
        var (pkcs8, certificate) = SigningKey.Make(_issuer, _clock.GetUtcNow());
        try
        {
            await _database.WriteAsync(
                connection =>
                {
                    // Another instance may have made it meanwhile; then it is ours too.
                    var newest = SigningKeyTable.Newest(connection);
                    if (IsDue(newest, now)) _table.Insert(connection, newest is null ? now : now + Seconds(KeySchedule.Lead), pkcs8, certificate);
                    return true;
                },
                cancellation);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(pkcs8);
        }
    }

    private sealed class Snapshot(IReadOnlyList<SigningKey> keys)
    {
        public IReadOnlyList<SigningKey> Keys { get; } = keys;

        public byte[] Json { get; } = new Jwks([.. keys.Select(key => key.PublicKey)]).ToJson();
    }
}
