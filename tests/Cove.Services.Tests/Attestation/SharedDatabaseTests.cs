using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Cove.Attestation.Maa.Policies;
using Cove.Attestation.Tokens;
using Cove.Formats.Certificates;
using Cove.Formats.Jose;
using Cove.Hosting.Storage;
using Cove.Services.Tests.Hosting;

namespace Cove.Services.Tests.Attestation;

public sealed class SharedDatabaseTests(SimulatedEvidence simulated, PostgresServer postgres) : IDisposable
{
    private const string Version = "?api-version=2022-08-01";
    private const string Issuer = "https://attest.example";
    private const string Tagged = "version=1.0;authorizationrules{=>permit();};issuancerules{=>issue(type=\"tag\", value=7);};";
    private readonly TestIdentity _identity = new();
    private readonly ECDsa _accessKey = ECDsa.Create(ECCurve.NamedCurves.nistP256);

    public void Dispose()
    {
        _accessKey.Dispose();
        _identity.Dispose();
    }

    [Fact]
    public async Task Two_instances_share_keys_and_policies_and_killing_one_loses_nothing()
    {
        var (database, master, access) = (await postgres.NewDatabaseFileAsync(_identity.Folder), MasterKeyFile(), AccessIssuer());
        var both = await Task.WhenAll(StartAsync(database, master, access), StartAsync(database, master, access));
        await using var one = both[0];
        await using var two = both[1];

        Assert.Equal(await one.Client.GetStringAsync("/certs"), await two.Client.GetStringAsync("/certs"));
        await SetAsync(one, Tagged);
        Assert.Contains("\"tag\":7", await AttestAsync(two), StringComparison.Ordinal);

        await one.KillAsync();
        Assert.Contains("\"tag\":7", await AttestAsync(two), StringComparison.Ordinal);
        await using var third = await StartAsync(database, master, access);
        Assert.Equal(await two.Client.GetStringAsync("/certs"), await third.Client.GetStringAsync("/certs"));
        await SetAsync(third, MaaPolicy.DefaultSevSnpVm.Text);
        Assert.DoesNotContain("\"tag\"", await AttestAsync(two), StringComparison.Ordinal);
    }

    private Task<AttestationServiceProcess> StartAsync(string database, string master, string access) =>
        AttestationServiceProcess.StartAsync(_identity, data: null, simulated.RootFile, access, Issuer, "--postgres", database, "--master-key", master);

    private string MasterKeyFile()
    {
        var file = Path.Combine(_identity.Folder.FullName, "master.key");
        PrivateFile.Write(file, RandomNumberGenerator.GetBytes(MasterKey.Length));
        return file;
    }

    private string AccessIssuer()
    {
        var file = Path.Combine(_identity.Folder.FullName, "access.json");
        File.WriteAllBytes(file, new Jwks([EcJwk.FromEcdsa(_accessKey, includePrivate: false, keyId: "access")]).ToJson());
        return $"https://identity.example={file}";
    }

    private async Task SetAsync(AttestationServiceProcess service, string policy)
    {
        using var signer = new JwsSigner(ECDsa.Create(_accessKey.ExportParameters(includePrivateParameters: true)), JwsAlgorithm.Find("ES256")!);
        var token = new AccessTokenIssuer(signer, "access", "https://identity.example", TimeProvider.System).Mint("https://attest.azure.net", "me", ["policy-administrator"], TimeSpan.FromMinutes(5));
        using var request = new HttpRequestMessage(HttpMethod.Put, "/policies/SevSnpVm" + Version);
        request.Content = new StringContent(PolicyDocument.Of(MaaPolicy.Parse(policy)).Text, Encoding.ASCII, "text/plain");
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        using var answer = await service.Client.SendAsync(request);
        Assert.True(answer.StatusCode == HttpStatusCode.OK, await answer.Content.ReadAsStringAsync());
    }

    /// <summary>The claims of a token, which the keys that the other instances publish must verify as well.</summary>
    private async Task<string> AttestAsync(AttestationServiceProcess service)
    {
        using var answer = await service.Client.PostAsync("/attest/SevSnpVm" + Version, new StringContent(simulated.Request(), Encoding.UTF8, "application/json"));
        var text = await answer.Content.ReadAsStringAsync();
        Assert.True(answer.StatusCode == HttpStatusCode.OK, text);
        using var json = JsonDocument.Parse(text);
        var keys = Jwks.Parse(await service.Client.GetByteArrayAsync("/certs"));
        var validator = new TokenValidator(Issuer, keys, TimeProvider.System);
        Assert.True(validator.Validate(json.RootElement.GetProperty("token").GetString()!).IsAccepted(out var token, out var findings), string.Join('\n', findings));
        return token.Claims.GetRawText();
    }
}
