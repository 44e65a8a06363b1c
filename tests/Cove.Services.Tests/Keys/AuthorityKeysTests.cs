using System.Security.Cryptography;
using Cove.Formats.Jose;
using Cove.KeyService.Authorities;
using Cove.Keys.ReleasePolicy;
using Cove.Outcomes;
using Cove.Services.Tests.Hosting;

namespace Cove.Services.Tests.Keys;

public sealed class AuthorityKeysTests
{
    private static readonly ECDsa Key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
    private readonly SettableClock _clock = new();
    private int _fetches;
    private bool _away;

    [Fact]
    public async Task Keys_are_kept_for_an_hour_and_then_fetched_again()
    {
        using var keys = Keys();
        await keys.GetAsync("known", CancellationToken.None);
        _clock.Advance(TimeSpan.FromMinutes(59));
        await keys.GetAsync("known", CancellationToken.None);
        Assert.Equal(1, _fetches);
        _clock.Advance(TimeSpan.FromMinutes(2));
        await keys.GetAsync("known", CancellationToken.None);
        Assert.Equal(2, _fetches);
    }

    [Fact]
    public async Task An_unknown_kid_fetches_again_but_not_within_the_back_off()
    {
        using var keys = Keys();
        await keys.GetAsync("known", CancellationToken.None);
        for (var i = 0; i < 100; i++) await keys.GetAsync($"made-up-{i}", CancellationToken.None);
        Assert.Equal(1, _fetches);
        _clock.Advance(TimeSpan.FromSeconds(31));
        for (var i = 0; i < 100; i++) await keys.GetAsync($"made-up-{i}", CancellationToken.None);
        Assert.Equal(2, _fetches);
    }

    [Fact]
    public async Task While_the_authority_is_away_its_keys_are_good_for_a_day_and_no_longer()
    {
        using var keys = Keys();
        await keys.GetAsync("known", CancellationToken.None);
        _away = true;
        _clock.Advance(TimeSpan.FromHours(23));
        Assert.NotNull((await keys.GetAsync("known", CancellationToken.None)).Find("known"));
        _clock.Advance(TimeSpan.FromHours(2));
        await Assert.ThrowsAsync<UnavailableException>(() => keys.GetAsync("known", CancellationToken.None));
    }

    [Fact]
    public async Task Without_any_keys_an_absent_authority_is_unavailable()
    {
        _away = true;
        using var keys = Keys();
        await Assert.ThrowsAsync<UnavailableException>(() => keys.GetAsync("known", CancellationToken.None));
    }

    [Fact]
    public async Task Many_at_once_fetch_once()
    {
        using var keys = Keys();
        await Task.WhenAll(Enumerable.Range(0, 50).Select(_ => Task.Run(() => keys.GetAsync("known", CancellationToken.None))));
        Assert.Equal(1, _fetches);
    }

    [Fact]
    public async Task An_authority_under_another_certificate_authority_is_not_believed()
    {
        await using var authority = await TestAuthority.StartAsync();
        using (var client = new AuthorityClient(new(AuthorityUrl.Parse(authority.Url), authority.CertificateAuthorityFile)))
            Assert.NotNull((await client.FetchAsync(CancellationToken.None)).Find("authority-1"));
        using var other = new TestIdentity();
        using (var client = new AuthorityClient(new(AuthorityUrl.Parse(authority.Url), other.AuthorityFile)))
            await Assert.ThrowsAsync<UnavailableException>(() => client.FetchAsync(CancellationToken.None));
        using (var client = new AuthorityClient(new(AuthorityUrl.Parse(authority.Url), null)))
            await Assert.ThrowsAsync<UnavailableException>(() => client.FetchAsync(CancellationToken.None));
    }

    private AuthorityKeys Keys() => new(
        async _ =>
        {
            await Task.Yield();
            if (_away) throw new UnavailableException("the authority", "it is away");
            Interlocked.Increment(ref _fetches);
            return new Jwks([EcJwk.FromEcdsa(Key, false, keyId: "known")]);
        },
        _clock);

    private sealed class SettableClock : TimeProvider
    {
        private DateTimeOffset _now = DateTimeOffset.FromUnixTimeSeconds(1_800_000_000);

        public void Advance(TimeSpan by) => _now += by;

        public override DateTimeOffset GetUtcNow() => _now;
    }
}
