using System.Text.Json.Nodes;
using Cove.KeyService.Access;

namespace Cove.Services.Tests.Keys;

public sealed class AzureJavaScriptSecretsTests(KeyServiceFixture service) : IClassFixture<KeyServiceFixture>
{
    [Fact]
    public async Task The_azure_javascript_client_keeps_secrets_in_our_service_and_is_told_why_it_was_refused()
    {
        var saw = await ClientScript.RunAsync("keyvault-secrets.mjs", new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["NODE_EXTRA_CA_CERTS"] = service.Identity.AuthorityFile,
            ["VAULT_URL"] = service.Url.AbsoluteUri.TrimEnd('/'),
            ["ACCESS_TOKEN"] = service.Token("owner", Caller.OwnerRole),
            ["WORKLOAD_TOKEN"] = service.Token("workload", Caller.ReleaseRole),
        });

        Assert.True(JsonNode.DeepEquals(JsonNode.Parse("""{"value":"öpen","contentType":"text/plain","tags":{"a":"b"},"enabled":true,"expires":1893456000000}"""), saw["first"]));
        Assert.Equal("two", Text("newest"));
        Assert.Equal("öpen", Text("older"));
        Assert.Equal(2, saw["versions"]!.GetValue<int>());
        Assert.Equal(27, saw["listed"]!.GetValue<int>());
        Assert.StartsWith("400 BadParameter", Text("longest"), StringComparison.Ordinal);
        Assert.StartsWith("404 SecretNotFound", Text("absent"), StringComparison.Ordinal);
        Assert.StartsWith("403 Forbidden", Text("forbidden"), StringComparison.Ordinal);
        Assert.StartsWith("401 Unauthorized", Text("forged"), StringComparison.Ordinal);
        Assert.StartsWith("403 Forbidden", Text("disabled"), StringComparison.Ordinal);
        Assert.Equal("""{"c":"d"}""", saw["updated"]!.ToJsonString());
        Assert.EndsWith("/deletedsecrets/js-word", Text("recoveryId"), StringComparison.Ordinal);
        Assert.StartsWith("409 Conflict", Text("nameInUse"), StringComparison.Ordinal);
        Assert.StartsWith("409 Conflict", Text("restoreOver"), StringComparison.Ordinal);
        Assert.Equal("js-word", Text("recovered"));
        Assert.StartsWith("404 SecretNotFound", Text("purged"), StringComparison.Ordinal);
        Assert.StartsWith("400 BadParameter", Text("changedBackup"), StringComparison.Ordinal);
        Assert.Equal("js-word", Text("restored"));
        Assert.Equal("two", Text("afterRestore"));

        string Text(string name) => saw[name]!.GetValue<string>();
    }
}
