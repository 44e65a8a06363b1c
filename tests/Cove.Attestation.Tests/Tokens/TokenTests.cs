using System.Security.Cryptography;
using System.Text;
using Cove.Attestation.Claims;
using Cove.Attestation.Tokens;
using Cove.Attestation.Tokens.Ear;
using Cove.Formats.Jose;
using Cove.Outcomes;

namespace Cove.Attestation.Tests.Tokens;

public sealed class TokenTests : IDisposable
{
    private const string Issuer = "https://attest.example";
    private readonly RSA _rsa = RSA.Create(2048);
    private readonly Clock _clock = new(new DateTimeOffset(2026, 3, 1, 12, 0, 0, TimeSpan.Zero));
    private readonly JwsSigner _signer;
    private readonly Jwks _keys;

    public TokenTests()
    {
        _signer = new JwsSigner(_rsa, JwsAlgorithm.Find("RS256")!);
        _keys = new Jwks([RsaJwk.FromRsa(_rsa, includePrivate: false, "a/b+c=")]);
    }

    private TokenValidator Validator => new(Issuer, _keys, _clock);

    public void Dispose() => _signer.Dispose();

    [Fact]
    public void What_was_issued_is_valid_until_it_expires()
    {
        var token = Issue();
        Assert.True(Validator.Validate(token).IsAccepted(out var accepted, out var findings), string.Join('\n', findings));
        Assert.Equal("v", accepted.Claims.GetProperty("x-ms-attestation-type").GetString());
        Assert.False(accepted.IsSimulated);
        Assert.Equal(_clock.Now + TimeSpan.FromHours(8), accepted.ExpiresAt);

        _clock.Now += TimeSpan.FromHours(8) + TokenValidator.ClockSkew - TimeSpan.FromSeconds(1);
        Assert.True(Validator.Validate(token).IsAccepted(out _, out _));
        _clock.Now += TimeSpan.FromSeconds(1);
        Rejects(token, "token-expired");
    }

    [Fact]
    public void A_token_of_the_future_is_refused()
    {
        var token = Issue();
        _clock.Now -= TimeSpan.FromHours(1);
        Rejects(token, "token-not-yet-valid", "token-not-yet-valid");
    }

    [Fact]
    public void A_token_by_another_key_or_another_issuer_is_refused()
    {
        using var other = new JwsSigner(RSA.Create(2048), JwsAlgorithm.Find("RS256")!);
        Rejects(new TokenIssuer(Issuer, "a/b+c=", other, _clock).Issue(Claims()), "jws-signature-invalid");
        Rejects(new TokenIssuer(Issuer, "another", other, _clock).Issue(Claims()), "token-key-unknown");
        Rejects(new TokenIssuer(Issuer + "/", "a/b+c=", _signer, _clock).Issue(Claims()), "token-issuer-not-accepted");
    }

    [Fact]
    public void A_changed_or_unsigned_token_is_refused()
    {
        var parts = Issue().Split('.');
        var payload = Encoding.UTF8.GetString(Base64Url.Decode(parts[1].AsSpan(), "t", "p")).Replace("\"v\"", "\"w\"", StringComparison.Ordinal);
        Rejects($"{parts[0]}.{Base64Url.Encode(Encoding.UTF8.GetBytes(payload))}.{parts[2]}", "jws-signature-invalid");
        Rejects($"{Base64Url.Encode("""{"alg":"none","kid":"a/b+c="}"""u8)}.{parts[1]}.", "jws-algorithm-refused");
        Assert.Throws<MalformedException>(() => Validator.Validate(parts[0] + "." + parts[1]));
    }

    [Fact]
    public void A_token_without_dates_is_refused() => Rejects(_signer.Sign(new ProtectedHeader("""{"alg":"RS256","kid":"a/b+c="}"""u8.ToArray()), """{"iss":"https://attest.example"}"""u8), "token-expired", "token-not-yet-valid");

    private static ClaimSet Claims() => new(new Dictionary<string, ClaimValue> { ["x-ms-attestation-type"] = "v" }, new EarAppraisal("v", new TrustworthinessVector(), new Dictionary<string, ClaimValue>()));

    private string Issue() => new TokenIssuer(Issuer, "a/b+c=", _signer, _clock).Issue(Claims());

    private void Rejects(string token, params string[] codes)
    {
        Assert.False(Validator.Validate(token).IsAccepted(out _, out var findings));
        Assert.Equal(codes, findings.Select(finding => finding.Code));
    }

    private sealed class Clock(DateTimeOffset now) : TimeProvider
    {
        public DateTimeOffset Now { get; set; } = now;

        public override DateTimeOffset GetUtcNow() => Now;
    }
}
