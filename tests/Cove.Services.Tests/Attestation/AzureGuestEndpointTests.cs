using System.Net;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Cove.Attestation.Tokens;
using Cove.Formats.Jose;

namespace Cove.Services.Tests.Attestation;

public sealed class AzureGuestEndpointTests(SimulatedEvidence simulated, RunningAttestationService running) : IClassFixture<RunningAttestationService>, IDisposable
{
    private readonly HttpClient _service = running.Process.Client;
    private readonly AzureGuestClient _guest = new(simulated.Chip);

    public void Dispose() => _guest.Dispose();

    [Fact]
    public async Task A_virtual_machine_gets_a_token_that_only_its_tpm_can_open()
    {
        using var answer = await PostAsync(_guest.Request());
        var text = await answer.Content.ReadAsStringAsync();
        Assert.True(answer.StatusCode == HttpStatusCode.OK, text);
        var sealedToken = JsonNode.Parse(text)!["token"]!.GetValue<string>();
        using var stranger = new AzureGuestClient(simulated.Chip);
        Assert.ThrowsAny<System.Security.Cryptography.CryptographicException>(() => stranger.Open(sealedToken));

        var keys = Jwks.Parse(await _service.GetByteArrayAsync("/certs"));
        var validator = new TokenValidator(running.Process.Url.AbsoluteUri.TrimEnd('/'), keys, TimeProvider.System);
        Assert.True(validator.Validate(_guest.Open(sealedToken)).IsAccepted(out var token, out var findings), string.Join('\n', findings));
        var claims = token.Claims;
        Assert.Equal("azurevm", claims.GetProperty("x-ms-attestation-type").GetString());
        Assert.Equal(AzureGuestClient.VmId, claims.GetProperty("x-ms-azurevm-vmid").GetString());
        Assert.True(claims.GetProperty("secureboot").GetBoolean());
        Assert.Equal(Enumerable.Range(0, 8), claims.GetProperty("x-ms-azurevm-attested-pcrs").EnumerateArray().Select(pcr => pcr.GetInt32()));
        Assert.Equal("sevsnpvm", claims.GetProperty("x-ms-isolation-tee").GetProperty("x-ms-attestation-type").GetString());
        Assert.Equal("HCLAkPub", claims.GetProperty("x-ms-isolation-tee").GetProperty("x-ms-runtime").GetProperty("keys")[0].GetProperty("kid").GetString());
        Assert.Equal(Convert.ToBase64String("my nonce"u8), claims.GetProperty("x-ms-runtime").GetProperty("client-payload").GetProperty("nonce").GetString());
        Assert.Equal("TpmEphemeralEncryptionKey", claims.GetProperty("x-ms-runtime").GetProperty("keys")[0].GetProperty("kid").GetString());
        Assert.True(token.IsSimulated);
    }

    [Fact]
    public async Task Anything_that_the_tpm_or_the_hardware_does_not_vouch_for_gets_no_token()
    {
        await RefusesAsync(info => info["TpmInfo"]!["EncKeyPub"] = AzureGuestClient.OtherKey(), "tpm-certified-key-mismatch");
        await RefusesAsync(info => info["TpmInfo"]!["EncKeyCertifyInfoSignature"] = info["TpmInfo"]!["PcrSignature"]!.DeepClone(), "tpm-certification-signature-invalid");
        await RefusesAsync(info => info["TpmInfo"]!["PcrSignature"] = info["TpmInfo"]!["EncKeyCertifyInfoSignature"]!.DeepClone(), "tpm-quote-signature-invalid");
        await RefusesAsync(info => info["TpmInfo"]!["PCRs"]![3]!["Digest"] = Convert.ToBase64String(new byte[32]), "tpm-pcr-mismatch");
        await RefusesAsync(info => info["TpmInfo"]!["AikPub"] = AzureGuestClient.OtherKey(), "AikPub");
        await RefusesAsync(
            info =>
            {
                var claims = Convert.FromBase64String(info["IsolationInfo"]!["Evidence"]!["RunTimeData"]!.GetValue<string>());
                claims[Array.LastIndexOf(claims, (byte)'0')] = (byte)'1';
                info["IsolationInfo"]!["Evidence"]!["RunTimeData"] = Convert.ToBase64String(claims);
            },
            "runtime-data-mismatch");
    }

    [Fact]
    public async Task A_request_that_lacks_a_part_or_is_of_another_kind_is_refused()
    {
        await RefusesAsync(info => info["AttestationProtocolVersion"] = "3.0", "AttestationProtocolVersion");
        await RefusesAsync(info => info["IsolationInfo"]!["Type"] = "TrustedLaunch", "Type");
        await RefusesAsync(info => info["TpmInfo"]!.AsObject().Remove("EncKeyCertifyInfo"), "EncKeyCertifyInfo");
        await RefusesAsync(info => info["TpmInfo"]!["EncKeyCertifyInfo"] = info["TpmInfo"]!["PcrQuote"]!.DeepClone(), "certify");
        await RefusesAsync(info => info["TpmInfo"]!["PCRs"]!.AsArray().RemoveAt(2), "PCR 2");
        await RefusesAsync(info => info["TpmInfo"]!["PCRs"]!.AsArray().Add(info["TpmInfo"]!["PCRs"]![0]!.DeepClone()), "PCR 0");
        await RefusesAsync(info => info["ClientPayload"] = new JsonObject { ["n"] = 5 }, "ClientPayload");
        using var request = new HttpRequestMessage(HttpMethod.Post, "/attest/AzureGuest?api-version=2020-10-01") { Content = new StringContent(_guest.Request(), Encoding.UTF8, "application/json") };
        request.Headers.TryAddWithoutValidation("Accept", "application/eat+jwt");
        await AttestationAdministrator.AssertErrorAsync(await _service.SendAsync(request), HttpStatusCode.BadRequest, "InvalidParameter", "encrypted token");
    }

    private Task<HttpResponseMessage> PostAsync(string body) => _service.PostAsync("/attest/AzureGuest?api-version=2020-10-01", new StringContent(body, Encoding.UTF8, "application/json"));

    private async Task RefusesAsync(Action<JsonObject> change, string message) =>
        await AttestationAdministrator.AssertErrorAsync(await PostAsync(_guest.Request(change)), HttpStatusCode.BadRequest, "InvalidParameter", message);
}
