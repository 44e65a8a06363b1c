using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json;
using Cove.Attestation.Maa.Policies;
using Cove.Formats.Jose;
using Cove.Services.Tests.Hosting;

namespace Cove.Services.Tests.Attestation;

public sealed class PolicyEndpointTests(SimulatedEvidence simulated) : IAsyncLifetime
{
    private const string Version = "?api-version=2022-08-01";
    private const string DenyAll = "version=1.0;authorizationrules{=>deny();};";
    private const string Tagged = "version=1.0;authorizationrules{=>permit();};issuancerules{=>issue(type=\"tag\", value=7);};";
    private readonly TestIdentity _identity = new();
    private readonly ECDsa _accessKey = ECDsa.Create(ECCurve.NamedCurves.nistP256);
    private AttestationServiceProcess _service = null!;
    private JwsSigner _access = null!;
    private string _accessIssuer = null!;

    public async ValueTask InitializeAsync()
    {
        _access = new JwsSigner(_accessKey, JwsAlgorithm.Find("ES256")!);
        var keys = Path.Combine(_identity.Folder.FullName, "access.jwks");
        await File.WriteAllBytesAsync(keys, new Jwks([EcJwk.FromEcdsa(_accessKey, includePrivate: false, "access")]).ToJson());
        _accessIssuer = $"https://identity.example={keys}";
        _service = await StartAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await _service.DisposeAsync();
        _access.Dispose();
        _identity.Dispose();
    }

    [Fact]
    public async Task A_policy_that_was_set_is_in_force_until_it_is_reset_also_after_a_kill()
    {
        Assert.Equal(MaaPolicy.DefaultSevSnpVm.Text, (await InForceAsync()).Policy!.Text);
        var document = PolicyDocument.Of(MaaPolicy.Parse(Tagged));
        var result = await ClaimsAsync(await SendAsync(HttpMethod.Put, "/policies/SevSnpVm", document.Text, Token()));
        Assert.Equal("Updated", result.GetProperty("x-ms-policy-result").GetString());
        Assert.Equal(document.Hash, result.GetProperty("x-ms-policy-token-hash").GetString());

        await _service.KillAsync();
        await _service.DisposeAsync();
        _service = await StartAsync();
        Assert.Equal(document.Text, (await InForceAsync()).Text);
        var attested = await ClaimsAsync(await SendAsync(HttpMethod.Post, "/attest/SevSnpVm", simulated.Request(), null));
        Assert.Equal(7, attested.GetProperty("tag").GetInt32());
        Assert.Equal(document.Policy!.Hash, attested.GetProperty("x-ms-policy-hash").GetString());

        result = await ClaimsAsync(await SendAsync(HttpMethod.Post, "/policies/SevSnpVm:reset", "eyJhbGciOiJub25lIn0..", Token()));
        Assert.Equal("Removed", result.GetProperty("x-ms-policy-result").GetString());
        Assert.Equal(MaaPolicy.DefaultSevSnpVm.Text, (await InForceAsync()).Policy!.Text);
    }

    [Fact]
    public async Task A_policy_that_denies_gets_nobody_a_token()
    {
        await ClaimsAsync(await SendAsync(HttpMethod.Put, "/policies/sevsnpvm", PolicyDocument.Of(MaaPolicy.Parse(DenyAll)).Text, Token()));
        await AssertErrorAsync(await SendAsync(HttpMethod.Post, "/attest/SevSnpVm", simulated.Request(), null), HttpStatusCode.BadRequest, "PolicyEvaluationError");
    }

    [Fact]
    public async Task A_signed_policy_names_its_signer_in_the_tokens_made_under_it()
    {
        using var rsa = RSA.Create(2048);
        using var certificate = new CertificateRequest("CN=owner", rsa, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1).CreateSelfSigned(DateTimeOffset.UnixEpoch, DateTimeOffset.MaxValue.AddYears(-1));
        using var signer = new JwsSigner(RSA.Create(rsa.ExportParameters(includePrivateParameters: true)), JwsAlgorithm.Find("RS256")!);
        var payload = Encoding.UTF8.GetBytes($$"""{"AttestationPolicy":"{{Base64Url.Encode(Encoding.UTF8.GetBytes(Tagged))}}"}""");
        var signed = signer.Sign(new JwsHeader { Algorithm = "RS256", CertificateChain = [certificate.RawData] }, payload);

        var result = await ClaimsAsync(await SendAsync(HttpMethod.Put, "/policies/SevSnpVm", signed, Token()));
        Assert.Equal(Convert.ToBase64String(certificate.RawData), result.GetProperty("x-ms-policy-signer").GetProperty("x5c")[0].GetString());
        var attested = await ClaimsAsync(await SendAsync(HttpMethod.Post, "/attest/SevSnpVm", simulated.Request(), null));
        Assert.Equal("RSA", attested.GetProperty("x-ms-policy-signer").GetProperty("jwk").GetProperty("kty").GetString());

        var parts = signed.Split('.');
        var other = Base64Url.Encode(Encoding.UTF8.GetBytes($$"""{"AttestationPolicy":"{{Base64Url.Encode(Encoding.UTF8.GetBytes(DenyAll))}}"}"""));
        await AssertErrorAsync(await SendAsync(HttpMethod.Put, "/policies/SevSnpVm", $"{parts[0]}.{other}.{parts[2]}", Token()), HttpStatusCode.BadRequest, "InvalidOperation");
    }

    [Fact]
    public async Task Nobody_changes_a_policy_without_the_role()
    {
        var document = PolicyDocument.Of(MaaPolicy.Parse(Tagged)).Text;
        await AssertErrorAsync(await SendAsync(HttpMethod.Put, "/policies/SevSnpVm", document, null), HttpStatusCode.Unauthorized, "Unauthorized");
        await AssertErrorAsync(await SendAsync(HttpMethod.Put, "/policies/SevSnpVm", document, "nonsense"), HttpStatusCode.Unauthorized, "Unauthorized");
        await AssertErrorAsync(await SendAsync(HttpMethod.Put, "/policies/SevSnpVm", document, Token(role: "reader")), HttpStatusCode.Forbidden, "Forbidden");
        await AssertErrorAsync(await SendAsync(HttpMethod.Put, "/policies/SevSnpVm", document, Token(audience: "https://vault.azure.net")), HttpStatusCode.Unauthorized, "Unauthorized");
        await AssertErrorAsync(await SendAsync(HttpMethod.Put, "/policies/SevSnpVm", document, Token(lifetime: TimeSpan.FromMinutes(-5))), HttpStatusCode.Unauthorized, "Unauthorized");
        await AssertErrorAsync(await SendAsync(HttpMethod.Put, "/policies/SevSnpVm", document, Token(issuer: "https://other.example")), HttpStatusCode.Unauthorized, "Unauthorized");
        await AssertErrorAsync(await SendAsync(HttpMethod.Post, "/policies/SevSnpVm:reset", "eyJhbGciOiJub25lIn0..", null), HttpStatusCode.Unauthorized, "Unauthorized");
        using var another = new JwsSigner(ECDsa.Create(ECCurve.NamedCurves.nistP256), JwsAlgorithm.Find("ES256")!);
        var forged = new AccessTokenIssuer(another, "access", "https://identity.example", TimeProvider.System).Mint("https://attest.azure.net", "me", ["policy-administrator"], TimeSpan.FromMinutes(5));
        await AssertErrorAsync(await SendAsync(HttpMethod.Put, "/policies/SevSnpVm", document, forged), HttpStatusCode.Unauthorized, "Unauthorized");
        Assert.Equal(MaaPolicy.DefaultSevSnpVm.Text, (await InForceAsync()).Policy!.Text);
    }

    [Fact]
    public async Task What_is_no_policy_is_refused_with_the_place()
    {
        await AssertErrorAsync(await SendAsync(HttpMethod.Put, "/policies/SevSnpVm", "nonsense", Token()), HttpStatusCode.BadRequest, "InvalidOperation");
        await AssertErrorAsync(await SendAsync(HttpMethod.Put, "/policies/SevSnpVm", "eyJhbGciOiJub25lIn0..", Token()), HttpStatusCode.BadRequest, "InvalidParameter");
        var broken = $"eyJhbGciOiJub25lIn0.{Base64Url.Encode("""{"AttestationPolicy":"version= 1.0; nonsense"}"""u8)}.";
        var answer = await SendAsync(HttpMethod.Put, "/policies/SevSnpVm", broken, Token());
        Assert.Contains("line 1, column 14", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        await AssertErrorAsync(answer, HttpStatusCode.BadRequest, "PolicyParsingError");
        await AssertErrorAsync(await SendAsync(HttpMethod.Get, "/policies/Unknown", null, null), HttpStatusCode.BadRequest, "InvalidParameter");
    }

    private Task<AttestationServiceProcess> StartAsync() =>
        AttestationServiceProcess.StartAsync(_identity, Path.Combine(_identity.Folder.FullName, "attestation"), simulated.RootFile, _accessIssuer);

    private string Token(string role = "policy-administrator", string audience = "https://attest.azure.net", string issuer = "https://identity.example", TimeSpan? lifetime = null) =>
        new AccessTokenIssuer(_access, "access", issuer, TimeProvider.System).Mint(audience, "me", [role], lifetime ?? TimeSpan.FromMinutes(5));

    private async Task<HttpResponseMessage> SendAsync(HttpMethod method, string path, string? body, string? token)
    {
        using var request = new HttpRequestMessage(method, path + Version);
        if (body is not null) request.Content = new StringContent(body, Encoding.ASCII, "text/plain");
        if (token is not null) request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        return await _service.Client.SendAsync(request);
    }

    private async Task<PolicyDocument> InForceAsync()
    {
        var claims = await ClaimsAsync(await SendAsync(HttpMethod.Get, "/policies/SevSnpVm", null, null));
        return PolicyDocument.Parse(claims.GetProperty("x-ms-policy").GetString()!);
    }

    /// <summary>The claims of the token in an answer, whose signature must hold.</summary>
    private async Task<JsonElement> ClaimsAsync(HttpResponseMessage answer)
    {
        var text = await answer.Content.ReadAsStringAsync();
        Assert.True(answer.StatusCode == HttpStatusCode.OK, text);
        using var json = JsonDocument.Parse(text);
        var keys = Jwks.Parse(await _service.Client.GetByteArrayAsync("/certs"));
        Assert.True(CompactJws.Parse(json.RootElement.GetProperty("token").GetString()!).Verify(keys.Keys[0]).IsAccepted(out var verified, out _));
        using var claims = JsonDocument.Parse(verified.Payload);
        return claims.RootElement.Clone();
    }

    private static async Task AssertErrorAsync(HttpResponseMessage answer, HttpStatusCode status, string code)
    {
        var text = await answer.Content.ReadAsStringAsync();
        Assert.True(answer.StatusCode == status, text);
        using var json = JsonDocument.Parse(text);
        Assert.Equal(code, json.RootElement.GetProperty("error").GetProperty("code").GetString());
    }
}
