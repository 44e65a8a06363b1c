using System.Collections.Concurrent;
using System.Globalization;
using System.Text;
using System.Text.Json;
using Cove.Attestation.Dcap;
using Cove.Services.Tests.Hosting;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Cove.Services.Tests.Attestation;

/// <summary>A cache of Intel's collateral (PCCS) over TLS: its paths, its issuers' chains in headers, URL-encoded, and the root's list in hex.</summary>
internal sealed class CollateralCache : IAsyncDisposable
{
    private readonly WebApplication app;
    private readonly Dictionary<string, (byte[] Body, string? Header, string Chain)> answers = new(StringComparer.Ordinal);

    private CollateralCache(WebApplication app, Uri url) => (this.app, Url) = (app, url);

    public Uri Url { get; }

    /// <summary>What was asked for.</summary>
    public ConcurrentQueue<string> Requests { get; } = new();

    /// <summary>Whether it answers that it cannot now.</summary>
    public bool IsAway { get; set; }

    public static async Task<CollateralCache> StartAsync(TestIdentity identity)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        var port = TestIdentity.FreePort();
        builder.WebHost.UseKestrelHttpsConfiguration().ConfigureKestrel(kestrel => kestrel.ListenLocalhost(port, listen => listen.UseHttps(
            System.Security.Cryptography.X509Certificates.X509Certificate2.CreateFromPemFile(identity.CertificateFile, identity.KeyFile))));
        var cache = new CollateralCache(builder.Build(), new Uri(string.Create(CultureInfo.InvariantCulture, $"https://localhost:{port}")));
        cache.app.Run(cache.AnswerAsync);
        await cache.app.StartAsync();
        return cache;
    }

    public void Serve(DcapCollateral collateral, string kind)
    {
        using var document = JsonDocument.Parse(collateral.ToJson());
        string Part(string name) => document.RootElement.GetProperty(name).GetString()!;
        byte[] Document(string member, string name) => Encoding.UTF8.GetBytes($$"""{"{{member}}":{{Part(name)}},"signature":"{{Part(name + "_signature")}}"}""");
        answers[$"/{kind}/certification/v4/tcb"] = (Document("tcbInfo", "tcb_info"), "TCB-Info-Issuer-Chain", Part("tcb_info_issuer_chain"));
        answers[$"/{kind}/certification/v4/qe/identity"] = (Document("enclaveIdentity", "qe_identity"), "SGX-Enclave-Identity-Issuer-Chain", Part("qe_identity_issuer_chain"));
        answers["/sgx/certification/v4/pckcrl"] = (Convert.FromHexString(Part("pck_crl")), "SGX-PCK-CRL-Issuer-Chain", Part("pck_crl_issuer_chain"));
        answers["/sgx/certification/v4/rootcacrl"] = (Encoding.ASCII.GetBytes(Part("root_ca_crl")), null, "");
    }

    public async ValueTask DisposeAsync() => await app.DisposeAsync();

    private async Task AnswerAsync(HttpContext context)
    {
        Requests.Enqueue($"{context.Request.Path}{context.Request.QueryString}");
        if (IsAway || !answers.TryGetValue(context.Request.Path, out var answer))
        {
            context.Response.StatusCode = IsAway ? StatusCodes.Status503ServiceUnavailable : StatusCodes.Status404NotFound;
            if (IsAway) context.Response.Headers.RetryAfter = "1";
            return;
        }

        if (answer.Header is not null) context.Response.Headers[answer.Header] = Uri.EscapeDataString(answer.Chain);
        await context.Response.Body.WriteAsync(answer.Body);
    }
}
