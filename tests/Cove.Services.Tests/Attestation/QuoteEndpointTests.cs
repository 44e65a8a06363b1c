using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Cove.Attestation;
using Cove.Attestation.Dcap;
using Cove.Attestation.Tests.Dcap;
using Cove.Formats.Der;
using Cove.Formats.Jose;
using Cove.Services.Tests.Hosting;

namespace Cove.Services.Tests.Attestation;

public sealed class QuoteEndpointTests : IAsyncLifetime
{
    private static readonly byte[] Held = Encoding.UTF8.GetBytes("""{"key":"value"}""");
    private readonly TestIdentity _identity = new();
    private readonly SimulatedPlatform _platform = new();
    private ServiceAtATime _service = null!;

    private string CollateralFolder => Path.Combine(_identity.Folder.FullName, "collateral");

    public async ValueTask InitializeAsync()
    {
        Directory.CreateDirectory(CollateralFolder);
        await File.WriteAllTextAsync(Path.Combine(CollateralFolder, "unreadable.json"), "{}");
        Write(_platform.Collateral(QuoteTee.Sgx), "sgx.json");
        Write(_platform.Collateral(QuoteTee.Tdx), "tdx.json");
        var root = Path.Combine(_identity.Folder.FullName, "dcap-root.pem");
        await File.WriteAllTextAsync(root, CertificatePem.Write([_platform.Root]));
        _service = await ServiceAtATime.StartAsync(_identity, SimulatedPlatform.Then, "--development-dcap-root", root, "--collateral", CollateralFolder);
    }

    public async ValueTask DisposeAsync()
    {
        await _service.DisposeAsync();
        _platform.Dispose();
        _identity.Dispose();
    }

    [Fact]
    public async Task An_enclave_gets_a_token_with_the_names_of_both_generations()
    {
        var quote = SgxQuote();
        var claims = await AttestAsync("SgxEnclave", Body("quote", quote, "Binary"));
        Assert.Equal("sgx", claims.GetProperty("x-ms-attestation-type").GetString());
        Assert.Equal(Convert.ToHexStringLower(quote.AsSpan(48 + 64, 32)), claims.GetProperty("x-ms-sgx-mrenclave").GetString());
        Assert.Equal(claims.GetProperty("x-ms-sgx-mrenclave").GetString(), claims.GetProperty("sgx-mrenclave").GetString());
        Assert.False(claims.GetProperty("is-debuggable").GetBoolean());
        Assert.Equal(Base64Url.Encode(Held), claims.GetProperty("x-ms-sgx-ehd").GetString());
        Assert.Equal("egjnANIzEpS2WgpE4Nk-QEwM69XRCgTs42_G0qLlbnk", claims.GetProperty("x-ms-policy-hash").GetString());
        Assert.Equal("my nonce", claims.GetProperty("nonce").GetString());
        Assert.True(claims.GetProperty("x-cove-simulated").GetBoolean());
        Assert.Equal(Convert.ToHexStringLower(SHA256.HashData(quote)), claims.GetProperty("x-ms-sgx-collateral").GetProperty("quotehash").GetString());

        var shown = await AttestAsync("SgxEnclave", Body("quote", quote, "JSON"));
        Assert.Equal("""{"key":"value"}""", shown.GetProperty("x-ms-runtime").GetRawText());
        Assert.False(shown.TryGetProperty("x-ms-sgx-ehd", out _));
        var preview = await AttestAsync("SgxEnclave", new JsonObject { ["Quote"] = Base64Url.Encode(quote), ["EnclaveHeldData"] = Base64Url.Encode(Held) }, "2018-09-01-preview");
        Assert.Equal(Base64Url.Encode(Held), preview.GetProperty("maa-ehd").GetString());
    }

    [Fact]
    public async Task A_report_of_open_enclave_is_a_quote_behind_a_header()
    {
        var quote = SgxQuote();
        byte[] report = [1, 0, 0, 0, 2, 0, 0, 0, .. BitConverter.GetBytes((ulong)quote.Length), .. quote];
        Assert.Equal("sgx", (await AttestAsync("OpenEnclave", Body("report", report, "Binary"))).GetProperty("tee").GetString());
        report[8]++;
        await RefusesAsync("OpenEnclave", Body("report", report, "Binary"), "InvalidParameter", "size");
        await RefusesAsync("OpenEnclave", Body("report", quote, "Binary"), "InvalidParameter", "version");
        await RefusesAsync("SgxEnclave", Body("quote", report, "Binary"), "InvalidParameter", "");
    }

    [Fact]
    public async Task A_trust_domain_gets_a_token_in_the_profile_of_its_kind()
    {
        var quote = _platform.Td15Quote(body => Bind(body, 520, 184));
        var request = Body("quote", quote, "JSON");
        request["initTimeData"] = Data("JSON");
        var claims = await AttestAsync("TdxVm", request);
        Assert.Equal("tdxvm", claims.GetProperty("x-ms-attestation-type").GetString());
        Assert.Equal("UpToDate", claims.GetProperty("attester_tcb_status").GetString());
        Assert.Equal("disabled", claims.GetProperty("dbgstat").GetString());
        Assert.Equal("""{"key":"value"}""", claims.GetProperty("x-ms-runtime").GetRawText());
        Assert.Equal("""{"key":"value"}""", claims.GetProperty("x-ms-inittime").GetRawText());
        Assert.Equal("B56nbp5slhw66peoRYkpdq1WykMkEworvdol08hnMXE", claims.GetProperty("x-ms-policy-hash").GetString());
        await RefusesAsync("SgxEnclave", request, "InvalidParameter", "Tdx");
        await RefusesAsync("TdxVm", Body("quote", SgxQuote(), "JSON"), "InvalidParameter", "Sgx");
    }

    [Fact]
    public async Task What_is_not_genuine_or_not_acceptable_gets_no_token()
    {
        var quote = SgxQuote();
        quote[48 + 64] ^= 1;
        await RefusesAsync("SgxEnclave", Body("quote", quote, "Binary"), "InvalidParameter", "quote-signature-invalid");
        var unbound = Body("quote", SgxQuote(), "Binary");
        unbound["runtimeData"] = new JsonObject { ["data"] = "AAAA", ["dataType"] = "Binary" };
        await RefusesAsync("SgxEnclave", unbound, "InvalidParameter", "runtime-data-mismatch");
        var initial = Body("quote", SgxQuote(), "Binary");
        initial["initTimeData"] = Data("Binary");
        await RefusesAsync("SgxEnclave", initial, "InvalidParameter", "init-time-data-mismatch");
        await RefusesAsync("SgxEnclave", Body("quote", _platform.SgxQuote(3, body => { Bind(body, 320, null); body[48] |= 2; }), "Binary"), "PolicyEvaluationError", "debug");
        await RefusesAsync("SgxEnclave", new JsonObject { ["quote"] = "cXVvdGU" }, "InvalidParameter", "");
        await RefusesAsync("SgxEnclave", new JsonObject(), "InvalidParameter", "quote");
    }

    [Fact]
    public async Task Collateral_is_read_again_when_its_folder_changes()
    {
        File.Delete(Path.Combine(CollateralFolder, "sgx.json"));
        await using var service = await ServiceAtATime.StartAsync(_identity, SimulatedPlatform.Then, "--development-dcap-root", Path.Combine(_identity.Folder.FullName, "dcap-root.pem"), "--collateral", CollateralFolder);
        var body = Body("quote", SgxQuote(), "Binary").ToJsonString();
        await AttestationAdministrator.AssertErrorAsync(await PostAsync(service, "SgxEnclave", body), HttpStatusCode.BadRequest, "InvalidParameter", "collateral-missing");
        // An older one for the same platforms loses against the newer.
        Write(_platform.Collateral(QuoteTee.Sgx, info => { info["issueDate"] = "2026-01-01T00:00:00Z"; info["nextUpdate"] = "2026-01-31T00:00:00Z"; }), "older.json");
        Write(_platform.Collateral(QuoteTee.Sgx), "sgx.json");
        var waited = System.Diagnostics.Stopwatch.StartNew();
        while (true)
        {
            using var answer = await PostAsync(service, "SgxEnclave", body);
            if (answer.StatusCode == HttpStatusCode.OK) break;
            Assert.True(waited.Elapsed < TimeSpan.FromMinutes(2), await answer.Content.ReadAsStringAsync());
            await Task.Delay(100);
        }
    }

    [Fact]
    public async Task A_real_trust_domain_with_collateral_of_an_earlier_day_is_refused_for_that_alone()
    {
        var folder = Directory.CreateDirectory(Path.Combine(CollateralFolder, "recorded"));
        foreach (var (name, file) in new[]
        {
            ("pck_crl_issuer_chain", "pckCrlIssuerChain.pem"), ("root_ca_crl", "rootcrl.der"), ("pck_crl", "pckcrl"), ("tcb_info_issuer_chain", "tcbInfoIssuerChain.pem"),
            ("tcb_info", "sample_tcbinfo_response_v5"), ("qe_identity_issuer_chain", "qeIdentityIssuerChain.pem"), ("qe_identity", "sample_qeIdentity_response"),
        })
            File.Copy(Cove.Tests.Vectors.Path("attestation", "google-go-tdx-guest", file), Path.Combine(folder.FullName, name));
        var quote = await File.ReadAllBytesAsync(Cove.Tests.Vectors.Path("attestation", "google-go-tdx-guest", "quote_v5_sample.dat"));
        await using var service = await ServiceAtATime.StartAsync(_identity, new DateTimeOffset(2026, 2, 3, 1, 0, 0, TimeSpan.Zero), "--collateral", CollateralFolder);
        using var answer = await PostAsync(service, "TdxVm", new JsonObject { ["quote"] = Base64Url.Encode(quote) }.ToJsonString());
        using var json = JsonDocument.Parse(await answer.Content.ReadAsStringAsync());
        var message = json.RootElement.GetProperty("error").GetProperty("message").GetString()!;
        Assert.Equal(["certificate-expired", "crl-expired", "crl-expired", "collateral-expired"], message[(message.IndexOf('.', StringComparison.Ordinal) + 2)..].Split("; ").Select(finding => finding.Split(':')[0]));
    }

    private static JsonObject Data(string type) => new() { ["data"] = Base64Url.Encode(Held), ["dataType"] = type };

    private static JsonObject Body(string member, byte[] evidence, string type) => new() { [member] = Base64Url.Encode(evidence), ["runtimeData"] = Data(type), ["nonce"] = "my nonce" };

    private static void Bind(byte[] body, int reportData, int? initTimeData)
    {
        SHA256.HashData(Held).CopyTo(body, reportData);
        if (initTimeData is { } at) SHA256.HashData(Held).CopyTo(body, at);
    }

    private static async Task<HttpResponseMessage> PostAsync(ServiceAtATime service, string type, string body, string version = "2022-08-01") =>
        await service.Client.PostAsync($"/attest/{type}?api-version={version}", new StringContent(body, Encoding.UTF8, "application/json"));

    private byte[] SgxQuote() => _platform.SgxQuote(3, body => Bind(body, 320, null));

    // As a job of the operator's does it: whole, or not at all.
    private void Write(DcapCollateral collateral, string name)
    {
        var beside = Path.Combine(_identity.Folder.FullName, name);
        File.WriteAllBytes(beside, collateral.ToJson());
        File.Move(beside, Path.Combine(CollateralFolder, name));
    }

    private async Task<JsonElement> AttestAsync(string type, JsonObject body, string version = "2022-08-01") =>
        await AttestationAdministrator.ClaimsAsync(_service.Client, await PostAsync(_service, type, body.ToJsonString(), version));

    private async Task RefusesAsync(string type, JsonObject body, string code, string message) =>
        await AttestationAdministrator.AssertErrorAsync(await PostAsync(_service, type, body.ToJsonString()), HttpStatusCode.BadRequest, code, message);
}
