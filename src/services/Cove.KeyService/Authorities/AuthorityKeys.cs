using Cove.Formats.Jose;
using Cove.Outcomes;

namespace Cove.KeyService.Authorities;

/// <summary>
/// The signing keys of one authority, kept for an hour. A token with an unknown <c>kid</c> has them fetched again, since keys rotate,
/// but not more often than every 30 seconds, since anybody can make such tokens. While the authority is away, keys are good for a day.
/// </summary>
internal sealed class AuthorityKeys(Func<CancellationToken, Task<Jwks>> fetch, TimeProvider clock) : IDisposable
{
    private static readonly TimeSpan Fresh = TimeSpan.FromHours(1);
    private static readonly TimeSpan Usable = TimeSpan.FromDays(1);
    private static readonly TimeSpan BackOff = TimeSpan.FromSeconds(30);
    private readonly SemaphoreSlim _turn = new(1, 1);
    private Snapshot? _current;
    private DateTimeOffset _lastAttempt = DateTimeOffset.MinValue;

    /// <summary>The keys, among them the one of this <c>kid</c> if the authority has it.</summary>
    /// <exception cref="UnavailableException">There are none, or only old ones, and the authority does not answer.</exception>
    public async Task<Jwks> GetAsync(string? keyId, CancellationToken cancellationToken)
    {
        if (Suffices(keyId) is { } kept) return kept;
        await _turn.WaitAsync(cancellationToken);
        try
        {
            if (Suffices(keyId) is { } fetchedMeanwhile) return fetchedMeanwhile;
            var now = clock.GetUtcNow();
            if (_current is { } old && now < old.At + Usable && now < _lastAttempt + BackOff) return old.Keys;
            return await RefreshAsync(now, cancellationToken);
        }
        finally
        {
            _turn.Release();
        }
    }

    public void Dispose() => _turn.Dispose();

    private async Task<Jwks> RefreshAsync(DateTimeOffset now, CancellationToken cancellationToken)
    {
        _lastAttempt = now;
        try
        {
            var keys = await fetch(cancellationToken);
            _current = new(keys, now);
            return keys;
        }
        catch (UnavailableException) when (_current is { } old && now < old.At + Usable)
        {
            return old.Keys;
        }
    }

    private Jwks? Suffices(string? keyId)
        => _current is { } current && clock.GetUtcNow() < current.At + Fresh && (keyId is null || current.Keys.Find(keyId) is not null) ? current.Keys
        : null;

    private sealed record Snapshot(Jwks Keys, DateTimeOffset At);
}
