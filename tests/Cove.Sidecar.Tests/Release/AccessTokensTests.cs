using Cove.Sidecar.CommandLine;
using Cove.Sidecar.Tests.Fakes;

namespace Cove.Sidecar.Tests.Release;

public sealed class AccessTokensTests
{
    private const string TokenPath = "/metadata/identity/oauth2/token";

    [Fact]
    public async Task The_managed_identity_is_asked_by_its_id_for_the_vaults_audience()
    {
        await using var sidecar = await SidecarUnderTest.StartAsync(
            new SkrSettings { Azure = new AzureInformation { IdentityClientId = "my id" } });

        await sidecar.ReleaseAsync("octkey", accessToken: "");

        Assert.Contains(sidecar.Services.Requests, r => r.Target == TokenPath + "?api-version=2018-02-01&resource=https%3A%2F%2Fvault.azure.net&client_id=my%20id");
    }

    [Fact]
    public void Names_the_audience_by_the_kind_of_vault()
    {
        Assert.Equal("https://vault.azure.net", Sidecar.Release.VaultAudience.Of("a.vault.azure.net"));
        Assert.Equal("https://managedhsm.azure.net", Sidecar.Release.VaultAudience.Of("a.managedhsm.azure.net"));
    }

    [Fact]
    public async Task A_late_identity_service_is_asked_three_times_with_its_pauses()
    {
        await using var sidecar = await SidecarUnderTest.StartAsync();
        var failures = 2;
        sidecar.Services.Answer = r => r.Target.StartsWith(TokenPath, StringComparison.Ordinal) && failures-- > 0 ? FakeAnswer.Json("{}", 500) : null;

        var (_, body) = await sidecar.ReleaseAsync("octkey", accessToken: "");

        Assert.Equal(Recordings.Body(41), body);
        Assert.Equal([TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(4)], sidecar.Time.Pauses);
    }

    [Theory]
    [InlineData(500, 3)]
    [InlineData(429, 3)]
    [InlineData(400, 1)]
    public async Task Gives_up_when_the_identity_service_refuses(int status, int attempts)
    {
        await using var sidecar = await SidecarUnderTest.StartAsync();
        sidecar.Services.Answer = r => r.Target.StartsWith(TokenPath, StringComparison.Ordinal) ? FakeAnswer.Json("{}", status) : null;

        var (_, body) = await sidecar.ReleaseAsync("octkey", accessToken: "");

        Assert.Contains("retrieving authentication token failed: http get authentication token failed for https://vault.azure.net", body, StringComparison.Ordinal);
        Assert.Contains($"http response status equal to {status}", body, StringComparison.Ordinal);
        Assert.Equal(attempts, sidecar.Services.Requests.Count(r => r.Target.StartsWith(TokenPath, StringComparison.Ordinal)));
        Assert.DoesNotContain(sidecar.Services.Requests, r => r.Target.StartsWith("/keys/", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("{}", "the answer holds no access token")]
    [InlineData("{", "unmarshalling authentication token response failed")]
    [InlineData("""{"access_token":5}""", "access_token is not a string")]
    public async Task An_answer_without_a_token_is_refused(string answer, string why)
    {
        await using var sidecar = await SidecarUnderTest.StartAsync();
        sidecar.Services.Answer = r => r.Target.StartsWith(TokenPath, StringComparison.Ordinal) ? FakeAnswer.Json(answer) : null;

        var (_, body) = await sidecar.ReleaseAsync("octkey", accessToken: "");

        Assert.Contains(why, body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_workload_identity_goes_before_the_managed_one()
    {
        var file = Path.GetTempFileName();
        try
        {
            await File.WriteAllTextAsync(file, "federated.jwt");
            await using var sidecar = await SidecarUnderTest.StartAsync(environment: Workload(file));
            sidecar.Services.Answer = r => r.Target == "/tenant/oauth2/v2.0/token" ? FakeAnswer.Json("""{"access_token":"workload-token"}""") : null;

            var (_, body) = await sidecar.ReleaseAsync("octkey", accessToken: "");

            Assert.Equal(Recordings.Body(41), body);
            var asked = sidecar.Services.Requests.Single(r => r.Target == "/tenant/oauth2/v2.0/token");
            Assert.Equal("localhost", asked.Host);
            Assert.Equal(
                "client_id=client&client_assertion_type=urn%3Aietf%3Aparams%3Aoauth%3Aclient-assertion-type%3Ajwt-bearer" +
                "&client_assertion=federated.jwt&grant_type=client_credentials&scope=https%3A%2F%2Fvault.azure.net%2F.default",
                asked.Body);
            Assert.Equal("Bearer workload-token", sidecar.Services.Requests.Last().Headers["Authorization"]);
        }
        finally
        {
            File.Delete(file);
        }
    }

    [Fact]
    public async Task A_workload_identity_whose_token_file_is_missing_fails_clearly()
    {
        await using var sidecar = await SidecarUnderTest.StartAsync(environment: Workload("/nonexistent/token"));

        var (_, body) = await sidecar.ReleaseAsync("octkey", accessToken: "");

        Assert.Contains("retrieving authentication token using workload identity failed: failed to acquire access token", body, StringComparison.Ordinal);
    }

    private static Func<string, string?> Workload(string file) => name => name switch
    {
        "AZURE_CLIENT_ID" => "client",
        "AZURE_TENANT_ID" => "tenant",
        "AZURE_FEDERATED_TOKEN_FILE" => file,
        "AZURE_AUTHORITY_HOST" => "https://localhost/",
        _ => null,
    };
}
