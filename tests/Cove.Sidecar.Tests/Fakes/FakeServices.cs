using System.Collections.Concurrent;
using System.Net;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Cove.Sidecar.Tests.Fakes;

/// <summary>
/// Attestation service, vault, metadata service and certificate services on the loopback address, over real TLS where the real ones
/// have it. They answer as the services did when the reference was recorded; a test can answer instead.
/// </summary>
internal sealed class FakeServices : IAsyncDisposable
{
    public const string VaultKeyVersion = "0123456789abcdef0123456789abcdef";

    private readonly WebApplication server;
    private readonly X509Certificate2 tls;

    private FakeServices(WebApplication server, X509Certificate2 tls) => (this.server, this.tls) = (server, tls);

    public ConcurrentQueue<RecordedRequest> Requests { get; } = new();

    /// <summary>Answers instead of the defaults where it gives an answer.</summary>
    public Func<RecordedRequest, FakeAnswer?> Answer { get; set; } = _ => null;

    /// <summary>The vault's answer for a key name, changed by the test.</summary>
    public required Func<string, VaultAnswer> Vault { get; set; }

    /// <summary>Where names lead; a test can lead them to other services.</summary>
    public int TlsPort { get; set; }

    public int PlainPort { get; private set; }

    public static async Task<FakeServices> StartAsync(TestAuthority authority)
    {
        var tls = authority.Server(["localhost", "127.0.0.1"]);
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrel(options =>
        {
            options.Listen(IPAddress.Loopback, 0, listen => listen.UseHttps(tls));
            options.Listen(IPAddress.Loopback, 0);
        });
        var server = builder.Build();
        var services = new FakeServices(server, tls) { Vault = name => RecordedKeys.Answer(name, tls, [authority.Root]) };
        server.Run(services.HandleAsync);
        await server.StartAsync();
        foreach (var address in server.Urls.Select(url => new Uri(url)))
        {
            if (address.Scheme == Uri.UriSchemeHttps) services.TlsPort = address.Port;
            else services.PlainPort = address.Port;
        }

        return services;
    }

    /// <summary>Takes the place of the sidecar's dialer: every name and address it would go to leads here, except port 1.</summary>
    public ValueTask<Stream> ConnectAsync(DnsEndPoint to, CancellationToken cancellation) => to.Port switch
    {
        1 => new Sidecar.Http.Dialer(isSimulated: true).ConnectAsync(to, isNamedByCaller: true, cancellation),
        80 => new Sidecar.Http.Dialer(isSimulated: true).ConnectAsync(new DnsEndPoint("localhost", PlainPort), isNamedByCaller: true, cancellation),
        _ => new Sidecar.Http.Dialer(isSimulated: true).ConnectAsync(new DnsEndPoint("localhost", TlsPort), isNamedByCaller: true, cancellation),
    };

    public async ValueTask DisposeAsync()
    {
        await server.DisposeAsync();
        tls.Dispose();
    }

    private async Task HandleAsync(HttpContext context)
    {
        using var reader = new StreamReader(context.Request.Body, Encoding.UTF8);
        var request = new RecordedRequest(
            context.Request.Method,
            context.Request.Host.Value!,
            context.Features.Get<IHttpRequestFeature>()!.RawTarget,
            context.Request.Headers.ToDictionary(h => h.Key, h => h.Value.ToString(), StringComparer.OrdinalIgnoreCase),
            await reader.ReadToEndAsync());
        Requests.Enqueue(request);
        var answer = Answer(request) ?? Default(request);
        context.Response.StatusCode = answer.Status;
        context.Response.ContentType = "application/json";
        await context.Response.Body.WriteAsync(answer.Body);
    }

    private FakeAnswer Default(RecordedRequest request)
    {
        var path = request.Target.Split('?')[0];
        if (path == "/attest/SevSnpVM") return Attest(request);
        if (path.StartsWith("/keys/", StringComparison.Ordinal)) return Release(path.Split('/')[2], request);
        return path switch
        {
            "/metadata/identity/oauth2/token" => FakeAnswer.Json("""{"access_token":"imds-token","expires_in":"86399","token_type":"Bearer"}"""),
            "/metadata/THIM/amd/certification" => FakeAnswer.Json(SecurityContext.Thim(Recordings.Evidence().Tcb)),
            _ => FakeAnswer.Json("{}", StatusCodes.Status404NotFound),
        };
    }

    private static FakeAnswer Attest(RecordedRequest request)
    {
        using var body = JsonDocument.Parse(request.Body);
        var data = body.RootElement.GetProperty("runtimeData").GetProperty("data").GetString()!;
        using var runtime = JsonDocument.Parse(Convert.FromBase64String(data.Replace('-', '+').Replace('_', '/')));
        if (runtime.RootElement.TryGetProperty("deny", out _))
        {
            return FakeAnswer.Json(
                """{"error": {"code": "PolicyEvaluationError", "message": "denied <test>"}}""", StatusCodes.Status400BadRequest);
        }

        var payload = $$"""{"iss": "https://x.attest.azure.net", "x-ms-runtime": {{PythonJson.Write(runtime.RootElement)}}}""";
        var encoded = System.Buffers.Text.Base64Url.EncodeToString(Encoding.UTF8.GetBytes(payload));
        return FakeAnswer.Json($$"""{"token":"eyJhbGciOiJSUzI1NiJ9.{{encoded}}.c2ln"}""");
    }

    private FakeAnswer Release(string name, RecordedRequest request)
    {
        if (name == "deny")
        {
            return FakeAnswer.Json(
                """{"error": {"code": "Forbidden", "message": "AKV.SKR.1004: not satisfied"}}""", StatusCodes.Status403Forbidden);
        }

        using var body = JsonDocument.Parse(request.Body);
        var token = body.RootElement.GetProperty("target").GetString()!;
        using var claims = JsonDocument.Parse(System.Buffers.Text.Base64Url.DecodeFromChars(token.Split('.')[1]));
        return FakeAnswer.Json(Vault(name).Body(claims.RootElement.GetProperty("x-ms-runtime").GetProperty("keys")[0]));
    }
}
