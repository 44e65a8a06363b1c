using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Cove.Formats.Jose;
using Cove.Hosting;
using Cove.Hosting.Http;
using Cove.Hosting.Tls;
using Cove.Services.Tests.Hosting;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace Cove.Services.Tests.Keys;

/// <summary>An attestation service as far as the key service sees one: metadata and key set over TLS, and tokens with any claims.</summary>
internal sealed class TestAuthority : IAsyncDisposable
{
    private readonly TestIdentity _identity;
    private readonly ServerIdentity _tls;
    private readonly WebApplication _app;
    private RSA _rsa = RSA.Create(2048);
    private string _keyId = "authority-1";

    private TestAuthority(TestIdentity identity)
    {
        _identity = identity;
        var port = TestIdentity.FreePort();
        Url = $"https://localhost:{port}";
        JwksUri = $"{Url}/certs";
        _tls = ServerIdentity.Load(identity.CertificateFile, identity.KeyFile);
        _app = ServiceShell.Build(
            new() { Listen = new(IPAddress.Loopback, port), Url = new(Url), Identity = _tls },
            app =>
            {
                app.MapGet("/.well-known/openid-configuration", (HttpContext c) => c.Response.WriteJsonAsync(200, Encoding.UTF8.GetBytes($$"""{"issuer":"{{Url}}","jwks_uri":"{{JwksUri}}"}"""), c.RequestAborted));
                app.MapGet("/certs", (HttpContext c) =>
                {
                    Fetches++;
                    return c.Response.WriteJsonAsync(200, PublishedKeys, c.RequestAborted);
                });
            });
    }

    public string Url { get; }

    public string JwksUri { get; set; }

    public byte[] PublishedKeys => new Jwks([RsaJwk.FromRsa(_rsa, false, keyId: _keyId)]).ToJson();

    public int Fetches { get; private set; }

    public string CertificateAuthorityFile => _identity.AuthorityFile;

    public static async Task<TestAuthority> StartAsync()
    {
        var authority = new TestAuthority(new TestIdentity());
        await authority._app.StartAsync();
        return authority;
    }

    /// <summary>The claims of a confidential container group with a wrapping key.</summary>
    public JsonObject Claims(RSA wrapKey) => new()
    {
        ["iss"] = Url,
        ["iat"] = TimeProvider.System.GetUtcNow().ToUnixTimeSeconds(),
        ["exp"] = TimeProvider.System.GetUtcNow().ToUnixTimeSeconds() + 3600,
        ["x-ms-attestation-type"] = "sevsnpvm",
        ["x-ms-sevsnpvm-hostdata"] = "aabb",
        ["x-ms-runtime"] = new JsonObject { ["keys"] = new JsonArray(JsonNode.Parse(RsaJwk.FromRsa(wrapKey, false, keyId: "wrap-1", keyOperations: ["encrypt"]).ToJson(false))) },
    };

    public string Sign(JsonObject claims, string? keyId = null)
    {
        using var signer = new JwsSigner(RSA.Create(_rsa.ExportParameters(true)), JwsAlgorithm.RS256);
        return signer.Sign(new JwsHeader { Algorithm = "RS256", KeyId = keyId ?? _keyId, Type = "JWT" }, Encoding.UTF8.GetBytes(claims.ToJsonString()));
    }

    public void RotateKey(string keyId) => (_rsa, _keyId) = (RSA.Create(2048), keyId);

    public async ValueTask DisposeAsync()
    {
        await _app.DisposeAsync();
        _tls.Dispose();
        _identity.Dispose();
    }
}
