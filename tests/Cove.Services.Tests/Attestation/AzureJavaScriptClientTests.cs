using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json.Nodes;
using Cove.Attestation.Dcap;
using Cove.Attestation.Maa.Policies;
using Cove.Attestation.Tests.Dcap;
using Cove.Formats.Der;
using Cove.Services.Tests.Hosting;

namespace Cove.Services.Tests.Attestation;

public sealed class AzureJavaScriptClientTests : IDisposable
{
    private readonly TestIdentity _identity = new();
    private readonly AttestationAdministrator _administrator;

    public AzureJavaScriptClientTests() => _administrator = new AttestationAdministrator(_identity.Folder, TimeProvider.System);

    public void Dispose()
    {
        _administrator.Dispose();
        _identity.Dispose();
    }

    [Fact]
    public async Task The_azure_javascript_client_administers_a_service()
    {
        await using var service = await StartAsync();
        var saw = await AdministerAsync(service, signed: false);
        Assert.Equal(service.Url.AbsoluteUri.TrimEnd('/'), Text(saw, "issuer"));
        Assert.Equal(1, saw["signers"]!.GetValue<int>());
        AssertPolicies(saw);
        Assert.Equal(0, saw["signer"]!.GetValue<int>());
        Assert.Equal("none", Text(saw, "unsigned"));
        Assert.Equal("none", Text(saw, "signedByOther"));
        Assert.Equal(0, saw["certificates"]!.GetValue<int>());
        Assert.StartsWith("400 InvalidOperation", Text(saw, "added"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_azure_javascript_client_administers_an_isolated_service()
    {
        await using var service = await StartAsync("--policy-certificates", CertificateFile("OWNER"));
        var saw = await AdministerAsync(service, signed: true);
        AssertPolicies(saw);
        Assert.Equal(1, saw["signer"]!.GetValue<int>());
        Assert.StartsWith("400 InvalidOperation", Text(saw, "unsigned"), StringComparison.Ordinal);
        Assert.StartsWith("400 InvalidOperation", Text(saw, "signedByOther"), StringComparison.Ordinal);
        Assert.Equal(1, saw["certificates"]!.GetValue<int>());
        using var other = X509CertificateLoader.LoadCertificateFromFile(CertificateFile("OTHER"));
        Assert.Equal(other.Thumbprint, saw["added"]!["thumbprint"]!.GetValue<string>());
        Assert.Equal("IsPresent", saw["added"]!["resolution"]!.GetValue<string>());
        Assert.Equal(2, saw["certificatesThen"]!.GetValue<int>());
        Assert.Equal("Updated", Text(saw, "setByOther"));
        Assert.Equal("IsAbsent", Text(saw, "removed"));
        Assert.StartsWith("400 InvalidOperation", Text(saw, "removeLast"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_azure_javascript_client_attests_enclaves()
    {
        using var platform = new SimulatedPlatform();
        var held = "held by the enclave"u8.ToArray();
        var quote = platform.SgxQuote(3, report => SHA256.HashData(held).CopyTo(report, 320));
        var folder = _identity.Folder.CreateSubdirectory("collateral");
        await File.WriteAllBytesAsync(Path.Combine(folder.FullName, "sgx.json"), platform.Collateral(QuoteTee.Sgx).ToJson());
        var root = Path.Combine(_identity.Folder.FullName, "dcap-root.pem");
        await File.WriteAllTextAsync(root, CertificatePem.Write([platform.Root]));
        await using var service = await ServiceAtATime.StartAsync(_identity, SimulatedPlatform.Then, "--development-dcap-root", root, "--collateral", folder.FullName);
        var saw = await ClientScript.RunAsync("attestation.mjs", new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["NODE_EXTRA_CA_CERTS"] = _identity.AuthorityFile,
            ["ATTEST_URL"] = service.Url.AbsoluteUri.TrimEnd('/'),
            ["SGX_QUOTE"] = Convert.ToBase64String(quote),
            ["SGX_DATA"] = Convert.ToBase64String(held),
            ["OE_REPORT"] = Convert.ToBase64String([1, 0, 0, 0, 2, 0, 0, 0, .. BitConverter.GetBytes((ulong)quote.Length), .. quote]),
            ["OE_DATA"] = Convert.ToBase64String(held),
        });

        foreach (var kind in (string[])["sgx", "sgxWithoutData", "openEnclave"])
        {
            Assert.Equal("sgx", saw[kind]!["type"]!.GetValue<string>());
            Assert.Equal(Convert.ToHexStringLower(quote.AsSpan(48 + 64, 32)), saw[kind]!["mrEnclave"]!.GetValue<string>());
            Assert.False(saw[kind]!["isDebuggable"]!.GetValue<bool>());
            Assert.Equal(kind == "sgxWithoutData" ? null : Convert.ToBase64String(held), saw[kind]!["enclaveHeldData"]?.GetValue<string>());
        }

        Assert.Equal("""{"algorithm":"none","tried":true}""", saw["draft"]!.ToJsonString());
        Assert.StartsWith("400 InvalidParameter", Text(saw, "otherData"), StringComparison.Ordinal);
        Assert.Contains("runtime-data-mismatch", Text(saw, "otherData"), StringComparison.Ordinal);
        Assert.StartsWith("400 InvalidParameter", Text(saw, "nonsense"), StringComparison.Ordinal);
        Assert.Contains("expected issuer: https://other.example", Text(saw, "otherIssuer"), StringComparison.Ordinal);
    }

    private static string Text(JsonNode saw, string name) => saw[name]!.GetValue<string>();

    private static void AssertPolicies(JsonNode saw)
    {
        Assert.Equal(MaaPolicy.DefaultSevSnpVm.Text, Text(saw, "before"));
        Assert.Equal("Updated", saw["set"]!["resolution"]!.GetValue<string>());
        Assert.Equal(Text(saw, "sentHash"), saw["set"]!["hash"]!.GetValue<string>());
        Assert.True(saw["after"]!.GetValue<bool>());
        Assert.StartsWith("400 PolicyParsingError", Text(saw, "broken"), StringComparison.Ordinal);
        Assert.Contains("line 1, column 14", Text(saw, "broken"), StringComparison.Ordinal);
        Assert.Equal("Removed", Text(saw, "reset"));
        Assert.Equal(MaaPolicy.DefaultSevSnpVm.Text, Text(saw, "afterReset"));
    }

    private Task<AttestationServiceProcess> StartAsync(params string[] more) => AttestationServiceProcess.StartAsync(
        _identity, Path.Combine(_identity.Folder.FullName, "attestation"), developmentRoot: null, _administrator.AccessIssuer, issuer: null, more);

    private async Task<JsonNode> AdministerAsync(AttestationServiceProcess service, bool signed) => await ClientScript.RunAsync("attestation.mjs", new Dictionary<string, string>(StringComparer.Ordinal)
    {
        ["NODE_EXTRA_CA_CERTS"] = _identity.AuthorityFile,
        ["ATTEST_URL"] = service.Url.AbsoluteUri.TrimEnd('/'),
        ["ACCESS_TOKEN"] = _administrator.Token(),
        ["SIGNED"] = signed ? "yes" : "no",
        ["OWNER_CERTIFICATE"] = CertificateFile("OWNER"),
        ["OWNER_KEY"] = Path.ChangeExtension(CertificateFile("OWNER"), ".key"),
        ["OTHER_CERTIFICATE"] = CertificateFile("OTHER"),
        ["OTHER_KEY"] = Path.ChangeExtension(CertificateFile("OTHER"), ".key"),
    });

    // The client knows RSA keys and PKCS#8.
    private string CertificateFile(string name)
    {
        var file = Path.Combine(_identity.Folder.FullName, $"{name}.pem");
        if (File.Exists(file)) return file;
        using var key = RSA.Create(2048);
        using var certificate = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1)
            .CreateSelfSigned(TimeProvider.System.GetUtcNow().AddDays(-1), TimeProvider.System.GetUtcNow().AddDays(30));
        File.WriteAllText(Path.ChangeExtension(file, ".key"), key.ExportPkcs8PrivateKeyPem());
        File.WriteAllText(file, certificate.ExportCertificatePem());
        return file;
    }
}
