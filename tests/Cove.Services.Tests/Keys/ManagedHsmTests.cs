using System.Net;
using System.Text;
using Cove.Formats.Jose;

namespace Cove.Services.Tests.Keys;

public sealed class ManagedHsmTests(ManagedHsmFixture service) : IClassFixture<ManagedHsmFixture>
{
    [Fact]
    public async Task Challenges_without_a_body_for_its_own_resource()
    {
        var answer = await KeyServiceFixture.SendAsync(service.Anonymous, HttpMethod.Get, "/keys");
        Assert.Equal((HttpStatusCode.Unauthorized, ""), (answer.StatusCode, await answer.Content.ReadAsStringAsync()));
        Assert.Contains("resource=\"https://managedhsm.azure.net\"", Assert.Single(answer.Headers.GetValues("WWW-Authenticate")), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Holds_every_key_in_its_module_sorts_the_policy_and_releases_in_its_dialect()
    {
        var body = $$"""{"kty":"EC","attributes":{"exportable":true},"release_policy":{"data":"{{service.PolicyData()}}"} }""";
        var bundle = await KeyServiceFixture.OkAsync(await KeyServiceFixture.SendAsync(service.Owner, HttpMethod.Post, "/keys/hsm/create", body));
        Assert.Equal("EC-HSM", bundle["key"]!["kty"]!.GetValue<string>());
        Assert.StartsWith("{\"anyOf\":[{\"allOf\"", Encoding.UTF8.GetString(Base64Url.Decode(bundle["release_policy"]!["data"]!.GetValue<string>(), "test", "data")), StringComparison.Ordinal);
        var answer = await service.ReleaseAsync("hsm", service.Authority.Sign(service.Authority.Claims(service.WrapKey)));
        using var key = service.Open(await answer.Content.ReadAsByteArrayAsync(), "hsm");
        Assert.IsType<EcJwk>(key.Key);
    }

    [Fact]
    public async Task Names_the_request_in_its_messages()
    {
        var (status, _, _, message) = await KeyServiceFixture.ErrorAsync(await KeyServiceFixture.SendAsync(service.Owner, HttpMethod.Post, "/keys/x/create", """{"kty":"EC","attributes":{"exportable":true}}"""));
        Assert.Equal(400, status);
        Assert.Matches(@"\AExportable keys must have release policy \(Activity ID: [0-9a-f-]{36}\)\z", message);
    }
}
