using System.Text;
using System.Text.Json.Nodes;
using Cove.Formats.Jose;
using Cove.KeyService.Access;

namespace Cove.Services.Tests.Keys;

public sealed class AzurePythonClientTests(KeyServiceFixture service) : IClassFixture<KeyServiceFixture>
{
    [Fact]
    public async Task The_azure_python_client_does_with_our_service_what_it_does_with_azures()
    {
        var saw = await ClientScript.RunAsync("keyvault-keys.py", new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["REQUESTS_CA_BUNDLE"] = service.Identity.AuthorityFile,
            ["VAULT_URL"] = service.Url.AbsoluteUri.TrimEnd('/'),
            ["ACCESS_TOKEN"] = service.Token("owner", Caller.OwnerRole),
            ["TARGET"] = service.Authority.Sign(service.Authority.Claims(service.WrapKey)),
            ["POLICY"] = Encoding.UTF8.GetString(Base64Url.Decode(service.PolicyData(), "test", "policy")),
        });

        Assert.True(JsonNode.DeepEquals(JsonNode.Parse("""{"kty":"RSA-HSM","exportable":true,"tags":{"a":"b"},"immutable":true}"""), saw["created"]));
        Assert.Contains("AKV.SKR.1020", Text("immutable"), StringComparison.Ordinal);
        Assert.Contains("AKV.SKR.1004", Text("withoutPolicy"), StringComparison.Ordinal);
        Assert.StartsWith("404 KeyNotFound", Text("absent"), StringComparison.Ordinal);
        Assert.StartsWith("400 BadParameter", Text("badExponent"), StringComparison.Ordinal);
        Assert.StartsWith("401 Unauthorized", Text("forged"), StringComparison.Ordinal);
        Assert.Equal("oct-HSM", Text("imported"));
        Assert.Equal("""{"c":"d"}""", saw["changed"]!.ToJsonString());
        Assert.True(Truth("rotated"));
        Assert.Equal(2, saw["versions"]!.GetValue<int>());
        Assert.Equal(27, saw["listed"]!.GetValue<int>());
        foreach (var answer in (string[])["released", "releasedWithOptions"])
        {
            using var released = service.Open(Encoding.UTF8.GetBytes(new JsonObject { ["value"] = Text(answer) }.ToJsonString()), "py-rsa");
            Assert.IsType<RsaJwk>(released.Key);
        }

        Assert.StartsWith("403 Forbidden (Forbidden) Target environment attestation statement cannot be verified", Text("deniedRelease"), StringComparison.Ordinal);
        Assert.True(Truth("verified"));
        Assert.False(Truth("verifiedOther"));
        Assert.True(Truth("unwrapped"));
        Assert.Equal("plain", Text("decrypted"));
        Assert.StartsWith("400 BadParameter", Text("otherAad"), StringComparison.Ordinal);
        Assert.Equal(16, saw["random"]!.GetValue<int>());
        Assert.Equal("P90D", Text("rotation"));
        Assert.StartsWith("409 Conflict", Text("nameInUse"), StringComparison.Ordinal);
        Assert.Equal("""["py-page-2"]""", saw["deleted"]!.ToJsonString());
        Assert.StartsWith("404 KeyNotFound", Text("purged"), StringComparison.Ordinal);
        Assert.StartsWith("400 BadParameter", Text("changedBackup"), StringComparison.Ordinal);
        Assert.Equal("py-page-2", Text("restored"));

        string Text(string name) => saw[name]!.GetValue<string>();

        bool Truth(string name) => saw[name]!.GetValue<bool>();
    }
}
