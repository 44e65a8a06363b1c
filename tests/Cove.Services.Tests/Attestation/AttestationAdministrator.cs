using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Cove.Formats.Jose;

namespace Cove.Services.Tests.Attestation;

/// <summary>Somebody who may administer attestation services that believe its identity issuer, and reads what they answer.</summary>
internal sealed class AttestationAdministrator : IDisposable
{
    public const string Version = "?api-version=2022-08-01";
    private const string Issuer = "https://identity.example";
    private readonly JwsSigner _signer;
    private readonly TimeProvider _clock;

    public AttestationAdministrator(DirectoryInfo folder, TimeProvider clock)
    {
        _clock = clock;
        var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        _signer = new JwsSigner(key, JwsAlgorithm.Find("ES256")!);
        var file = Path.Combine(folder.FullName, $"access-{Guid.NewGuid():n}.json");
        File.WriteAllBytes(file, new Jwks([EcJwk.FromEcdsa(key, includePrivate: false, keyId: "access")]).ToJson());
        AccessIssuer = $"{Issuer}={file}";
    }

    /// <summary>For a service's <c>--access-issuer</c>.</summary>
    public string AccessIssuer { get; }

    public string Token() => new AccessTokenIssuer(_signer, "access", Issuer, _clock).Mint("https://attest.azure.net", "me", ["policy-administrator"], TimeSpan.FromMinutes(30));

    public async Task<HttpResponseMessage> SendAsync(HttpClient client, HttpMethod method, string path, string? body = null, string type = "text/plain")
    {
        using var request = new HttpRequestMessage(method, path + Version);
        if (body is not null) request.Content = new StringContent(body, Encoding.ASCII, type);
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", Token());
        return await client.SendAsync(request);
    }

    /// <summary>The claims of the token in an answer, whose signature must hold.</summary>
    public static async Task<JsonElement> ClaimsAsync(HttpClient client, HttpResponseMessage answer)
    {
        using var whole = answer;
        var text = await answer.Content.ReadAsStringAsync();
        Assert.True(answer.StatusCode == HttpStatusCode.OK, text);
        using var json = JsonDocument.Parse(text);
        var jws = CompactJws.Parse(json.RootElement.GetProperty("token").GetString()!);
        var keys = Jwks.Parse(await client.GetByteArrayAsync("/certs"));
        Assert.True(jws.Verify(keys.Find(jws.Header.KeyId!)!).IsAccepted(out var verified, out _));
        using var claims = JsonDocument.Parse(verified.Payload);
        return claims.RootElement.Clone();
    }

    public static async Task AssertErrorAsync(HttpResponseMessage answer, HttpStatusCode status, string code, string message = "")
    {
        using var whole = answer;
        var text = await answer.Content.ReadAsStringAsync();
        Assert.True(answer.StatusCode == status, text);
        using var json = JsonDocument.Parse(text);
        Assert.Equal(code, json.RootElement.GetProperty("error").GetProperty("code").GetString());
        Assert.Contains(message, json.RootElement.GetProperty("error").GetProperty("message").GetString(), StringComparison.Ordinal);
    }

    public void Dispose() => _signer.Dispose();
}
