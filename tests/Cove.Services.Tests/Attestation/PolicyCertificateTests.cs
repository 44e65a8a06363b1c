using System.Net;
using System.Text.Json;
using Cove.Attestation.Maa.Policies;
using Cove.Services.Tests.Hosting;

namespace Cove.Services.Tests.Attestation;

public sealed class PolicyCertificateTests : IAsyncLifetime
{
    private const string Permit = "version=1.0;authorizationrules{=>permit();};";
    private readonly TestIdentity _identity = new();
    private readonly PolicyOwner _first = new();
    private readonly PolicyOwner _second = new(ellipticCurve: true);
    private AttestationAdministrator _administrator = null!;
    private AttestationServiceProcess _service = null!;

    private string CertificatesFile => Path.Combine(_identity.Folder.FullName, "owners.pem");

    public async ValueTask InitializeAsync()
    {
        _administrator = new AttestationAdministrator(_identity.Folder, TimeProvider.System);
        await File.WriteAllTextAsync(CertificatesFile, _first.Certificate.ExportCertificatePem());
        _service = await StartAsync("--policy-certificates", CertificatesFile);
    }

    public async ValueTask DisposeAsync()
    {
        await _service.DisposeAsync();
        _administrator.Dispose();
        _first.Dispose();
        _second.Dispose();
        _identity.Dispose();
    }

    [Fact]
    public async Task An_isolated_service_takes_policies_of_its_owners_only()
    {
        await RefusesAsync(HttpMethod.Put, "/policies/SevSnpVm", PolicyDocument.Of(MaaPolicy.Parse(Permit)).Text, "not signed");
        await RefusesAsync(HttpMethod.Put, "/policies/SevSnpVm", _second.Policy(Permit), "none of this service's policy certificates");
        var claims = await ClaimsAsync(HttpMethod.Put, "/policies/SevSnpVm", _first.Policy(Permit));
        Assert.Equal("Updated", claims.GetProperty("x-ms-policy-result").GetString());

        await RefusesAsync(HttpMethod.Post, "/policies/SevSnpVm:reset", "eyJhbGciOiJub25lIn0..", "not signed");
        await RefusesAsync(HttpMethod.Post, "/policies/SevSnpVm:reset", _second.Reset(), "none of this service's policy certificates");
        claims = await ClaimsAsync(HttpMethod.Post, "/policies/SevSnpVm:reset", _first.Reset());
        Assert.Equal("Removed", claims.GetProperty("x-ms-policy-result").GetString());
    }

    [Fact]
    public async Task Owners_are_added_and_removed_by_owners_and_stay_after_a_kill()
    {
        await RefusesAsync(HttpMethod.Post, "/certificates:add", _second.Change(_second.Certificate), "none of this service's policy certificates");
        var added = await ClaimsAsync(HttpMethod.Post, "/certificates:add", $"\"{_first.Change(_second.Certificate)}\"");
        Assert.Equal("IsPresent", added.GetProperty("x-ms-policycertificates-result").GetString());
        Assert.Equal(_second.Certificate.Thumbprint, added.GetProperty("x-ms-certificate-thumbprint").GetString());
        await ClaimsAsync(HttpMethod.Post, "/certificates:add", _first.Change(_second.Certificate, "maa-policyCertificate"));

        await _service.KillAsync();
        await _service.DisposeAsync();
        _service = await StartAsync();
        Assert.Equal(new[] { Der(_first), Der(_second) }.Order(StringComparer.Ordinal), (await OwnersAsync()).Order(StringComparer.Ordinal));
        await ClaimsAsync(HttpMethod.Put, "/policies/SevSnpVm", _second.Policy(Permit));

        var removed = await ClaimsAsync(HttpMethod.Post, "/certificates:remove", _second.Change(_first.Certificate));
        Assert.Equal("IsAbsent", removed.GetProperty("x-ms-policycertificates-result").GetString());
        await RefusesAsync(HttpMethod.Put, "/policies/SevSnpVm", _first.Policy(Permit), "none of this service's policy certificates");
        await RefusesAsync(HttpMethod.Post, "/certificates:remove", _second.Change(_second.Certificate), "the last policy certificate");
        Assert.Equal([Der(_second)], await OwnersAsync());
    }

    [Fact]
    public async Task A_request_that_says_too_little_or_was_changed_is_refused()
    {
        using var expired = new PolicyOwner(until: DateTimeOffset.UnixEpoch.AddYears(1));
        var request = _first.Change(_second.Certificate);
        var parts = request.Split('.');
        await RefusesAsync(HttpMethod.Post, "/certificates:add", $"{parts[0]}.{_first.Change(expired.Certificate).Split('.')[1]}.{parts[2]}", "does not hold");
        await RefusesAsync(HttpMethod.Post, "/certificates:add", $"eyJhbGciOiJub25lIn0.{parts[1]}.", "is missing");
        await RefusesAsync(HttpMethod.Post, "/certificates:add", _first.Change(_second.Certificate, "certificate"), "policyCertificate is missing");
        await RefusesAsync(HttpMethod.Post, "/certificates:add", _first.Sign("""{"policyCertificate":{"kty":"RSA"}}"""), "x5c");
        await RefusesAsync(HttpMethod.Post, "/certificates:add", "nonsense", "");
        await RefusesAsync(HttpMethod.Post, "/certificates:add", "\"nonsense", "");
        await AttestationAdministrator.AssertErrorAsync(
            await _administrator.SendAsync(_service.Client, HttpMethod.Post, "/certificates:add", _first.Change(expired.Certificate)), HttpStatusCode.BadRequest, "InvalidParameter", "not valid at this time");
        using var anonymous = await _service.Client.PostAsync("/certificates:add" + AttestationAdministrator.Version, new StringContent(request));
        Assert.Equal(HttpStatusCode.Unauthorized, anonymous.StatusCode);
        Assert.Equal([Der(_first)], await OwnersAsync());
    }

    [Fact]
    public async Task A_service_that_is_not_isolated_has_no_owners_and_takes_none()
    {
        await using var open = await AttestationServiceProcess.StartAsync(_identity, Path.Combine(_identity.Folder.FullName, "open"), developmentRoot: null, _administrator.AccessIssuer);
        var claims = await AttestationAdministrator.ClaimsAsync(open.Client, await _administrator.SendAsync(open.Client, HttpMethod.Get, "/certificates"));
        Assert.Equal("""{"keys":[]}""", claims.GetProperty("x-ms-policy-certificates").GetRawText());
        await AttestationAdministrator.AssertErrorAsync(
            await _administrator.SendAsync(open.Client, HttpMethod.Post, "/certificates:add", _first.Change(_first.Certificate)), HttpStatusCode.BadRequest, "InvalidOperation", "has no policy certificates");
        await AttestationAdministrator.ClaimsAsync(open.Client, await _administrator.SendAsync(open.Client, HttpMethod.Put, "/policies/SevSnpVm", _second.Policy(Permit)));
    }

    private static string Der(PolicyOwner owner) => Convert.ToBase64String(owner.Certificate.RawData);

    private Task<AttestationServiceProcess> StartAsync(params string[] more) => AttestationServiceProcess.StartAsync(
        _identity, Path.Combine(_identity.Folder.FullName, "attestation"), developmentRoot: null, _administrator.AccessIssuer, issuer: null, more);

    private async Task<JsonElement> ClaimsAsync(HttpMethod method, string path, string? body = null) =>
        await AttestationAdministrator.ClaimsAsync(_service.Client, await _administrator.SendAsync(_service.Client, method, path, body));

    private async Task RefusesAsync(HttpMethod method, string path, string body, string message) => await AttestationAdministrator.AssertErrorAsync(
        await _administrator.SendAsync(_service.Client, method, path, body), HttpStatusCode.BadRequest, "InvalidOperation", message);

    private async Task<List<string>> OwnersAsync() =>
        [.. (await ClaimsAsync(HttpMethod.Get, "/certificates")).GetProperty("x-ms-policy-certificates").GetProperty("keys").EnumerateArray().Select(key => key.GetProperty("x5c")[0].GetString()!)];
}
