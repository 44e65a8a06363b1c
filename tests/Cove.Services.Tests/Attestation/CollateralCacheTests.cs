using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Cove.Attestation.Dcap;
using Cove.Attestation.Tests.Dcap;
using Cove.Formats.Der;
using Cove.Formats.Jose;
using Cove.Services.Tests.Hosting;

namespace Cove.Services.Tests.Attestation;

/// <summary>The attestation service as a process that fetches collateral itself (<c>--pccs</c>).</summary>
public sealed class CollateralCacheTests : IAsyncLifetime
{
    private static readonly byte[] Held = "held"u8.ToArray();
    private readonly TestIdentity identity = new();
    private readonly SimulatedPlatform platform = new(TimeProvider.System.GetUtcNow());
    private CollateralCache cache = null!;

    private string Folder => Path.Combine(identity.Folder.FullName, "cache");

    public async ValueTask InitializeAsync()
    {
        Directory.CreateDirectory(Folder);
        await File.WriteAllTextAsync(Path.Combine(identity.Folder.FullName, "dcap-root.pem"), CertificatePem.Write([platform.Root]));
        cache = await CollateralCache.StartAsync(identity);
    }

    public async ValueTask DisposeAsync()
    {
        await cache.DisposeAsync();
        platform.Dispose();
        identity.Dispose();
    }

    [Fact]
    public async Task Collateral_of_a_platform_is_fetched_once_and_outlives_the_process()
    {
        cache.Serve(platform.Collateral(QuoteTee.Sgx), "sgx");
        await using (var service = await StartAsync())
        {
            for (var i = 0; i < 3; i++) Assert.Equal(HttpStatusCode.OK, (await PostAsync(service)).StatusCode);
        }

        Assert.Equal(
            [$"/sgx/certification/v4/tcb?fmspc={Convert.ToHexStringLower(SimulatedPlatform.Fmspc)}", "/sgx/certification/v4/qe/identity", "/sgx/certification/v4/pckcrl?ca=platform&encoding=der", "/sgx/certification/v4/rootcacrl"],
            cache.Requests);
        await using var next = await StartAsync();
        Assert.Equal(HttpStatusCode.OK, (await PostAsync(next)).StatusCode);
        Assert.Equal(4, cache.Requests.Count);
    }

    [Fact]
    public async Task Nobody_gets_a_token_while_it_is_away_or_by_what_another_signed()
    {
        cache.IsAway = true;
        await using var service = await StartAsync();
        Assert.False((await PostAsync(service)).IsSuccessStatusCode);
        Assert.NotEmpty(cache.Requests);
        cache.IsAway = false;
        using (var other = new SimulatedPlatform(TimeProvider.System.GetUtcNow()))
        {
            cache.Serve(other.Collateral(QuoteTee.Sgx), "sgx");
            Assert.False((await PostAsync(service)).IsSuccessStatusCode);
        }
    }

    private Task<AttestationServiceProcess> StartAsync() => AttestationServiceProcess.StartAsync(
        identity, Path.Combine(identity.Folder.FullName, "data"), null, null, null,
        "--development-dcap-root", Path.Combine(identity.Folder.FullName, "dcap-root.pem"), "--pccs", cache.Url.AbsoluteUri, "--cache", Folder);

    private Task<HttpResponseMessage> PostAsync(AttestationServiceProcess service)
    {
        var quote = platform.SgxQuote(3, body => SHA256.HashData(Held).CopyTo(body, 320));
        var body = new JsonObject { ["quote"] = Base64Url.Encode(quote), ["runtimeData"] = new JsonObject { ["data"] = Base64Url.Encode(Held), ["dataType"] = "Binary" } };
        return service.Client.PostAsync("/attest/SgxEnclave?api-version=2022-08-01", new StringContent(body.ToJsonString(), Encoding.UTF8, "application/json"));
    }
}
