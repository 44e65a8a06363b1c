using System.Security.Cryptography;
using Cove.Formats.Jose;
using Cove.Hosting.Errors;
using Cove.KeyService.Access;
using Cove.KeyService.Api;
using Cove.Services.Tests.Attestation;
using Microsoft.AspNetCore.Http;

namespace Cove.Services.Tests.Keys;

/// <summary>A signature is verified once; everything else about a token each time.</summary>
public sealed class AccessTokensTests : IDisposable
{
    private const string Issuer = "https://issuer.test";
    private static readonly Uri Vault = new("https://vault.test");
    private readonly ECDsa _key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
    private readonly AdjustableClock _clock = new(new(2026, 11, 22, 8, 0, 0, TimeSpan.Zero));
    private readonly AccessTokens _access;

    public AccessTokensTests() => _access = new([new(Issuer, new([EcJwk.FromEcdsa(_key, false, keyId: "k")]))], Vault, VaultDialect.Vault, _clock);

    public void Dispose() => _key.Dispose();

    [Fact]
    public void A_token_that_was_taken_before_is_refused_once_it_has_expired()
    {
        var token = Mint("https://vault.azure.net");
        Assert.Equal("someone", Authenticate(token).Subject);
        Assert.Equal("someone", Authenticate(token).Subject);
        _clock.Now += TimeSpan.FromMinutes(12);
        Assert.Equal(401, Assert.Throws<ServiceException>(() => Authenticate(token)).Status);
    }

    [Fact]
    public void A_token_that_differs_in_one_character_from_one_that_was_taken_is_another()
    {
        var token = Mint("https://vault.azure.net");
        Authenticate(token);
        for (var at = 0; at < token.Length; at++)
        {
            var changed = $"{token[..at]}{(token[at] == 'A' ? 'B' : 'A')}{token[(at + 1)..]}";
            Assert.Equal(401, Assert.Throws<ServiceException>(() => Authenticate(changed)).Status);
        }

        Assert.Equal("someone", Authenticate(token).Subject);
    }

    [Fact]
    public void A_token_that_was_refused_is_refused_again()
    {
        var elsewhere = Mint("https://other.test");
        for (var i = 0; i < 2; i++) Assert.Equal(401, Assert.Throws<ServiceException>(() => Authenticate(elsewhere)).Status);
    }

    private string Mint(string audience) => new AccessTokenIssuer(new(_key, JwsAlgorithm.ES256), "k", Issuer, _clock).Mint(audience, "someone", [Caller.ReleaseRole], TimeSpan.FromMinutes(10));

    private Caller Authenticate(string token) => _access.Authenticate(new DefaultHttpContext { Request = { Headers = { Authorization = $"Bearer {token}" } } }.Request);
}
