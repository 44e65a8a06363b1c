using Cove.Attestation.Tokens;
using Cove.Formats.Jose;
using Cove.Keys.ReleasePolicy;
using Cove.Outcomes;

namespace Cove.KeyService.Authorities;

/// <summary>Validates attestation tokens of the configured authorities. Nothing that a token or a policy names is ever fetched unless it was
/// configured.</summary>
internal sealed class AuthorityDirectory : IDisposable
{
    private readonly Dictionary<AuthorityUrl, AuthorityKeys> _authorities = [];
    private readonly List<AuthorityClient> _clients = [];
    private readonly TimeProvider _clock;

    public AuthorityDirectory(IReadOnlyList<AuthorityPin> pins, TimeProvider clock)
    {
        _clock = clock;
        foreach (var pin in pins)
        {
            var client = new AuthorityClient(pin);
            _clients.Add(client);
            _authorities[pin.Url] = new(client.FetchAsync, clock);
        }
    }

    /// <summary>Validates a token.</summary>
    /// <exception cref="MalformedException">It is no token.</exception>
    /// <exception cref="UnavailableException">Its authority is configured and does not answer.</exception>
    public async Task<Verdict<AttestationToken>> ValidateAsync(string token, CancellationToken cancellationToken)
    {
        var jws = CompactJws.Parse(token);
        var issuer = jws.UnverifiedClaim("iss");
        if (!AuthorityUrl.TryParse(issuer, out var url) || !_authorities.TryGetValue(url, out var authority))
            return new Finding("token-issuer-not-accepted", "iss", string.Join(" or ", _authorities.Keys), issuer, "Key Vault secure key release");
        var keys = await authority.GetAsync(jws.Header.KeyId, cancellationToken);
        return new TokenValidator(issuer, keys, _clock).Validate(jws);
    }

    public void Dispose()
    {
        foreach (var client in _clients) client.Dispose();
        foreach (var keys in _authorities.Values) keys.Dispose();
    }
}
