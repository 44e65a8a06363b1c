using System.Text;
using System.Text.Json.Nodes;
using Cove.Formats.Jose;

namespace Cove.Services.Tests.Keys;

public sealed class AzureJavaScriptClientTests(KeyServiceFixture service) : IClassFixture<KeyServiceFixture>
{
    [Fact]
    public async Task The_azure_javascript_client_does_with_our_service_what_it_does_with_azures()
    {
        var saw = await ClientScript.RunAsync("keyvault-keys.mjs", new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["NODE_EXTRA_CA_CERTS"] = service.Identity.AuthorityFile,
            ["VAULT_URL"] = service.Url.AbsoluteUri.TrimEnd('/'),
            ["ACCESS_TOKEN"] = service.Token("owner", Cove.KeyService.Access.Caller.OwnerRole),
            ["TARGET"] = service.Authority.Sign(service.Authority.Claims(service.WrapKey)),
            ["POLICY"] = Encoding.UTF8.GetString(Base64Url.Decode(service.PolicyData(), "test", "policy")),
        });

        Assert.Equal("""{"kty":"RSA-HSM","exportable":true,"tags":{"a":"b"},"immutable":true}""", saw["created"]!.ToJsonString());
        Assert.Contains("AKV.SKR.1020", Text("immutable"), StringComparison.Ordinal);
        Assert.Contains("AKV.SKR.1004", Text("withoutPolicy"), StringComparison.Ordinal);
        Assert.StartsWith("404 KeyNotFound", Text("absent"), StringComparison.Ordinal);
        Assert.Equal("oct-HSM", Text("imported"));
        Assert.Equal(2, saw["versions"]!.GetValue<int>());
        Assert.Equal(27, saw["listed"]!.GetValue<int>());
        using (var released = service.Open(Encoding.UTF8.GetBytes(new JsonObject { ["value"] = Text("released") }.ToJsonString()), "js-rsa")) Assert.IsType<RsaJwk>(released.Key);
        using (var released = service.Open(Encoding.UTF8.GetBytes(new JsonObject { ["value"] = Text("releasedWithOptions") }.ToJsonString()), "js-rsa")) Assert.IsType<RsaJwk>(released.Key);
        Assert.StartsWith("403 Forbidden Target environment attestation statement cannot be verified", Text("deniedRelease"), StringComparison.Ordinal);
        Assert.True(saw["verified"]!.GetValue<bool>());
        Assert.False(saw["verifiedOther"]!.GetValue<bool>());
        Assert.True(saw["unwrapped"]!.GetValue<bool>());
        Assert.True(saw["decrypted"]!.GetValue<bool>());
        Assert.Equal(16, saw["random"]!.GetValue<int>());
        Assert.Equal("P90D", Text("rotation"));
        Assert.StartsWith("409 Conflict", Text("nameInUse"), StringComparison.Ordinal);
        Assert.Equal("js-sign", Text("recovered"));
        Assert.StartsWith("404 KeyNotFound", Text("purged"), StringComparison.Ordinal);
        Assert.Equal("js-sign", Text("restored"));

        string Text(string name) => saw[name]!.GetValue<string>();
    }
}
