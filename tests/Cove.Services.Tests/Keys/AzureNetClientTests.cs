using Azure;
using Azure.Core;
using Azure.Core.Pipeline;
using Azure.Security.KeyVault.Secrets;
using Cove.KeyService.Access;

namespace Cove.Services.Tests.Keys;

public sealed class AzureNetClientTests(KeyServiceFixture service) : IClassFixture<KeyServiceFixture>
{
    [Fact]
    public async Task The_azure_dotnet_client_keeps_secrets_in_our_service()
    {
        var client = Client(service.Token("owner", Caller.OwnerRole));
        var set = (await client.SetSecretAsync(new KeyVaultSecret("net", "one") { Properties = { ContentType = "text/plain", Tags = { ["a"] = "b" } } })).Value;
        await client.SetSecretAsync("net", "two");
        Assert.Equal("two", (await client.GetSecretAsync("net")).Value.Value);
        Assert.Equal("one", (await client.GetSecretAsync("net", set.Properties.Version)).Value.Value);
        Assert.Equal("b", (await client.GetSecretAsync("net", set.Properties.Version)).Value.Properties.Tags["a"]);
        var versions = 0;
        await foreach (var version in client.GetPropertiesOfSecretVersionsAsync("net"))
        {
            Assert.Equal("net", version.Name);
            versions++;
        }

        Assert.Equal(2, versions);
        var deletion = await client.StartDeleteSecretAsync("net");
        await deletion.WaitForCompletionAsync(TimeSpan.FromMilliseconds(50), CancellationToken.None);
        Assert.Equal(404, (await Assert.ThrowsAsync<RequestFailedException>(() => client.GetSecretAsync("net"))).Status);
        var recovery = await client.StartRecoverDeletedSecretAsync("net");
        await recovery.WaitForCompletionAsync(TimeSpan.FromMilliseconds(50), CancellationToken.None);
        Assert.Equal("two", (await client.GetSecretAsync("net")).Value.Value);
        deletion = await client.StartDeleteSecretAsync("net");
        await deletion.WaitForCompletionAsync(TimeSpan.FromMilliseconds(50), CancellationToken.None);
        await client.PurgeDeletedSecretAsync("net");
    }

    [Fact]
    public async Task The_azure_dotnet_client_tells_why_it_was_refused()
    {
        var absent = await Assert.ThrowsAsync<RequestFailedException>(() => Client(service.Token("owner", Caller.OwnerRole)).GetSecretAsync("absent"));
        Assert.Equal((404, "SecretNotFound"), (absent.Status, absent.ErrorCode));
        var forbidden = await Assert.ThrowsAsync<RequestFailedException>(() => Client(service.Token("workload", Caller.ReleaseRole)).GetSecretAsync("absent"));
        Assert.Equal((403, "Forbidden"), (forbidden.Status, forbidden.ErrorCode));
        var unauthorized = await Assert.ThrowsAsync<RequestFailedException>(() => Client("no token").GetSecretAsync("absent"));
        Assert.Equal(401, unauthorized.Status);
    }

    private SecretClient Client(string token) => new(service.Url, new FixedCredential(token), new SecretClientOptions
    {
        DisableChallengeResourceVerification = true,
        Transport = new HttpClientTransport(service.Anonymous),
        Retry = { MaxRetries = 0 },
    });

    private sealed class FixedCredential(string token) : TokenCredential
    {
        public override AccessToken GetToken(TokenRequestContext requestContext, CancellationToken cancellationToken) => new(token, TimeProvider.System.GetUtcNow().AddHours(1));

        public override ValueTask<AccessToken> GetTokenAsync(TokenRequestContext requestContext, CancellationToken cancellationToken) => new(GetToken(requestContext, cancellationToken));
    }
}
