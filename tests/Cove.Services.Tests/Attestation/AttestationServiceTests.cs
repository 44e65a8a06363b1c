using System.Net;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Cove.Attestation.Tokens;
using Cove.Formats.Jose;

namespace Cove.Services.Tests.Attestation;

public sealed class AttestationServiceTests(SimulatedEvidence simulated, RunningAttestationService running) : IClassFixture<RunningAttestationService>
{
    private const string Attest = "/attest/SevSnpVm?api-version=2022-08-01";
    private readonly AttestationServiceProcess _service = running.Process;

    [Fact]
    public async Task A_token_says_what_was_attested_and_validates_with_the_published_keys()
    {
        var token = await TokenAsync(simulated.Request());
        var validator = new TokenValidator(Issuer(), await KeysAsync(), TimeProvider.System);
        Assert.True(validator.Validate(token).IsAccepted(out var accepted, out var findings), string.Join('\n', findings));
        Assert.True(accepted.IsSimulated);
        Assert.Equal(TimeSpan.FromHours(8), accepted.ExpiresAt - accepted.IssuedAt);

        var claims = accepted.Claims;
        Assert.Equal("sevsnpvm", claims.GetProperty("x-ms-attestation-type").GetString());
        Assert.Equal(Convert.ToHexStringLower(SimulatedEvidence.HostData), claims.GetProperty("x-ms-sevsnpvm-hostdata").GetString());
        Assert.Equal("13202930541250959283", claims.GetProperty("nonce").GetString());
        Assert.Equal("a<b", claims.GetProperty("x-ms-runtime").GetProperty("note").GetString());
        Assert.False(claims.GetProperty("x-ms-sevsnpvm-is-debuggable").GetBoolean());
        Assert.Equal("9NY0VnTQ-IiBriBplVUpFbczcDaEBUwsiFYAzHu_gco", claims.GetProperty("x-ms-policy-hash").GetString());
        Assert.False(claims.TryGetProperty("x-ms-compliance-status", out _));
        var names = claims.EnumerateObject().Select(claim => claim.Name).ToList();
        Assert.Equal(names.Order(StringComparer.Ordinal), names);

        var header = Encoding.UTF8.GetString(Base64Url.Decode(token.Split('.')[0].AsSpan(), "token", "header"));
        var kid = (await KeysAsync()).Keys.Single().KeyId;
        Assert.Equal($$"""{"alg":"RS256","jku":"{{Issuer()}}/certs","kid":"{{kid}}","typ":"JWT"}""", header);
    }

    [Theory]
    [InlineData("/attest/SevSnpVM?api-version=2020-10-01")]
    [InlineData("/Attest/sevsnpvm?API-VERSION=2022-08-01")]
    public async Task The_paths_that_clients_use_are_all_served(string path)
    {
        using var answer = await PostAsync(path, simulated.Request());
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.True(answer.Headers.Contains("x-ms-request-id"));
    }

    [Theory]
    [InlineData("/attest/SevSnpVm")]
    [InlineData("/attest/SevSnpVm?api-version=2019-01-01")]
    [InlineData("/attest/SevSnpVm?api-version=2022-08-01&api-version=2022-08-01")]
    public async Task A_version_of_the_API_that_is_not_known_is_refused(string path) =>
        await AssertErrorAsync(await PostAsync(path, simulated.Request()), "InvalidParameter", "api-version");

    [Fact]
    public async Task Requests_are_read_with_the_tolerance_that_clients_need()
    {
        // Unpadded base64url, names in another case, a textual nonce, init-time data that is bound.
        var token = await TokenAsync(simulated.Request(body =>
        {
            body["REPORT"] = ((string)body["report"]!).TrimEnd('=');
            body.Remove("report");
            body["nonce"] = "my nonce";
            body.Remove("initTimeData");
            body["unknown"] = true;
        }));
        using var payload = JsonDocument.Parse(Base64Url.Decode(token.Split('.')[1].AsSpan(), "token", "payload"));
        Assert.Equal("my nonce", payload.RootElement.GetProperty("nonce").GetString());
        Assert.DoesNotContain("nonce", await ClaimsAsync(simulated.Request(body => body.Remove("nonce"))), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Data_that_the_report_does_not_bind_is_refused()
    {
        await AssertErrorAsync(await PostAsync(Attest, simulated.Request(body => body["runtimeData"]!["data"] = SimulatedEvidence.Padded("{}"u8.ToArray()))), "InvalidParameter", "runtime-data-mismatch");
        await AssertErrorAsync(await PostAsync(Attest, simulated.Request(body => body["initTimeData"] = new JsonObject { ["data"] = "AAAA", ["dataType"] = "Binary" })), "InvalidParameter", "init-time-data-mismatch");
    }

    [Fact]
    public async Task Guests_that_their_host_can_look_into_get_no_token()
    {
        await AssertErrorAsync(await PostAsync(Attest, simulated.Request(extraPolicy: 1 << 19)), "PolicyEvaluationError", "debug-not-permitted");
        await AssertErrorAsync(await PostAsync(Attest, simulated.Request(extraPolicy: 1 << 18)), "PolicyEvaluationError", "migration-not-permitted");
        await AssertErrorAsync(await PostAsync(Attest, simulated.Request(vmpl: 1)), "PolicyEvaluationError", "vmpl-not-permitted");
    }

    [Fact]
    public async Task A_report_with_one_bit_changed_gets_no_token()
    {
        var body = JsonNode.Parse(simulated.Request())!.AsObject();
        var inner = JsonNode.Parse(FromPadded((string)body["report"]!))!.AsObject();
        var report = FromPadded((string)inner["SnpReport"]!);
        report[0xC0] ^= 1;
        await AssertErrorAsync(await PostAsync(Attest, simulated.Request(report)), "InvalidParameter", "report-signature-invalid");
        await AssertErrorAsync(await PostAsync(Attest, simulated.Request(report[..^1])), "InvalidParameter", "SNP report");
    }

    [Theory]
    [InlineData("")]
    [InlineData("{")]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData("""{"report":"!!"}""")]
    [InlineData("""{"report":"e30","report":"e30"}""")]
    [InlineData("""{"report":"e30","Report":"e30"}""")]
    [InlineData("""{"report":"e30"}""")]
    public async Task A_body_that_is_no_request_is_refused(string body) => await AssertErrorAsync(await PostAsync(Attest, body), "InvalidParameter", "");

    [Theory]
    [InlineData("nonce", "-1")]
    [InlineData("nonce", "18446744073709551616")]
    [InlineData("nonce", "1.5")]
    [InlineData("nonce", "{}")]
    [InlineData("runtimeData", """{"data":"e30","dataType":"Text"}""")]
    [InlineData("runtimeData", """{"data":"W10","dataType":"JSON"}""")]
    [InlineData("draftPolicyForAttestation", "5")]
    public async Task A_member_that_is_not_what_it_must_be_is_refused(string name, string value) =>
        await AssertErrorAsync(await PostAsync(Attest, simulated.Request(body => body[name] = JsonNode.Parse(value))), "InvalidParameter", "");

    [Fact]
    public async Task A_draft_policy_gives_an_unsecured_token_or_its_error()
    {
        const string draft = "version=1.0;authorizationrules{=>permit();};issuancerules{=>issue(type=\"tried\", value=true);};";
        var token = await TokenAsync(simulated.Request(body => body["draftPolicyForAttestation"] = draft));
        Assert.EndsWith(".", token, StringComparison.Ordinal);
        var validator = new TokenValidator(Issuer(), await KeysAsync(), TimeProvider.System);
        Assert.False(validator.Validate(token).IsAccepted(out _, out _));
        Assert.Contains("\"tried\":true", Encoding.UTF8.GetString(CompactJws.Parse(token).UnverifiedPayload.Span), StringComparison.Ordinal);

        await AssertErrorAsync(await PostAsync(Attest, simulated.Request(body => body["draftPolicyForAttestation"] = "version=1.0;authorizationrules{=>deny();};")), "PolicyEvaluationError", "policy-denied");
        await AssertErrorAsync(await PostAsync(Attest, simulated.Request(body => body["draftPolicyForAttestation"] = "version=9.0;")), "PolicyParsingError", "line 1, column 8");
    }

    [Theory]
    [InlineData("application/eat+jwt")]
    [InlineData("text/html, application/EAT+JWT;q=0.9, application/json;q=0.1")]
    public async Task Who_accepts_an_attestation_result_gets_one_of_the_same_appraisal(string accept)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, Attest) { Content = new StringContent(simulated.Request(), Encoding.UTF8, "application/json") };
        request.Headers.TryAddWithoutValidation("Accept", accept);
        using var answer = await _service.Client.SendAsync(request);
        var text = await answer.Content.ReadAsStringAsync();
        Assert.True(answer.StatusCode == HttpStatusCode.OK, text);
        Assert.Equal("application/eat+jwt", answer.Content.Headers.ContentType!.MediaType);
        Assert.True(CompactJws.Parse(text).Verify((await KeysAsync()).Keys[0]).IsAccepted(out var verified, out _));
        using var claims = JsonDocument.Parse(verified.Payload);
        Assert.Equal("13202930541250959283", claims.RootElement.GetProperty("eat_nonce").GetString());
        var appraisal = claims.RootElement.GetProperty("submods").GetProperty("cpu0");
        // What a simulated processor protects, nobody should trust.
        Assert.Equal("contraindicated", appraisal.GetProperty("ear.status").GetString());
        Assert.Equal(Convert.ToHexStringLower(SimulatedEvidence.HostData), appraisal.GetProperty("ear.veraison.policy-claims").GetProperty("x-ms-sevsnpvm-hostdata").GetString());
    }

    [Fact]
    public async Task An_attestation_result_is_never_unsecured()
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, Attest)
        {
            Content = new StringContent(simulated.Request(body => body["draftPolicyForAttestation"] = "version=1.0;authorizationrules{=>permit();};"), Encoding.UTF8, "application/json"),
        };
        request.Headers.TryAddWithoutValidation("Accept", "application/eat+jwt");
        await AssertErrorAsync(await _service.Client.SendAsync(request), "InvalidParameter", "draft");
    }

    [Fact]
    public async Task A_body_over_the_limit_is_refused()
    {
        using var answer = await PostAsync(Attest, new string(' ', 1024 * 1024 + 1));
        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, answer.StatusCode);
    }

    [Fact]
    public async Task Its_metadata_names_its_keys()
    {
        using var metadata = JsonDocument.Parse(await _service.Client.GetStringAsync("/.well-known/openid-configuration"));
        Assert.Equal(Issuer(), metadata.RootElement.GetProperty("issuer").GetString());
        Assert.Equal(Issuer() + "/certs", metadata.RootElement.GetProperty("jwks_uri").GetString());
        Assert.Contains("x-ms-sevsnpvm-hostdata", metadata.RootElement.GetProperty("claims_supported").EnumerateArray().Select(claim => claim.GetString()));
        var key = (await KeysAsync()).Keys.Single();
        Assert.False(key.HasPrivateKey);
        using var certificate = System.Security.Cryptography.X509Certificates.X509CertificateLoader.LoadCertificate(Assert.Single(key.CertificateChain!));
        Assert.Contains($"CN={Issuer()}", certificate.Subject, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Killed_without_warning_it_comes_back_with_the_same_key()
    {
        var data = Path.Combine(running.Identity.Folder.FullName, "killed");
        await using var first = await AttestationServiceProcess.StartAsync(running.Identity, data, simulated.RootFile);
        var before = await first.Client.GetStringAsync("/certs");
        await first.KillAsync();
        await using var again = await AttestationServiceProcess.StartAsync(running.Identity, data, simulated.RootFile);
        Assert.Equal(before, await again.Client.GetStringAsync("/certs"));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(Path.Combine(data, "attestation.db")));
    }

    [Fact]
    public async Task Without_the_development_root_simulated_evidence_gets_no_token()
    {
        await using var strict = await AttestationServiceProcess.StartAsync(running.Identity, Path.Combine(running.Identity.Folder.FullName, "strict"), developmentRoot: null);
        using var answer = await strict.Client.PostAsync(Attest, new StringContent(simulated.Request()));
        await AssertErrorAsync(answer, "InvalidParameter", "root-not-trusted");
    }

    private string Issuer() => _service.Url.AbsoluteUri.TrimEnd('/');

    private Task<HttpResponseMessage> PostAsync(string path, string body) => _service.Client.PostAsync(path, new StringContent(body, Encoding.UTF8, "application/json"));

    private async Task<Jwks> KeysAsync() => Jwks.Parse(await _service.Client.GetByteArrayAsync("/certs"));

    private async Task<string> TokenAsync(string body)
    {
        using var answer = await PostAsync(Attest, body);
        var text = await answer.Content.ReadAsStringAsync();
        Assert.True(answer.StatusCode == HttpStatusCode.OK, text);
        using var json = JsonDocument.Parse(text);
        return json.RootElement.GetProperty("token").GetString()!;
    }

    private async Task<string> ClaimsAsync(string body) => Encoding.UTF8.GetString(Base64Url.Decode((await TokenAsync(body)).Split('.')[1].AsSpan(), "token", "payload"));

    private static async Task AssertErrorAsync(HttpResponseMessage answer, string code, string message)
    {
        var text = await answer.Content.ReadAsStringAsync();
        Assert.True(answer.StatusCode == HttpStatusCode.BadRequest, text);
        using var json = JsonDocument.Parse(text);
        Assert.Equal(code, json.RootElement.GetProperty("error").GetProperty("code").GetString());
        Assert.Contains(message, json.RootElement.GetProperty("error").GetProperty("message").GetString(), StringComparison.Ordinal);
    }

    private static byte[] FromPadded(string text) => Convert.FromBase64String(text.Replace('-', '+').Replace('_', '/'));
}
