using System.Net;
using System.Text;
using Cove.Guest.Attesters;
using Cove.Sidecar.CommandLine;
using Cove.Sidecar.Http;
using Cove.Sidecar.Server;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace Cove.Sidecar.Tests.Fakes;

/// <summary>The whole sidecar on a real port, with a processor behind it and services around it.</summary>
internal sealed class SidecarUnderTest : IAsyncDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("cove-skr-").FullName;
    private readonly HttpClient outgoing;
    private SkrSidecar? sidecar;
    private WebApplication? server;

    private SidecarUnderTest(TestAuthority authority, FakeServices services, FakeProcessor processor)
    {
        (Authority, Services, Processor) = (authority, services, processor);
        var handler = Outbound.CreateHandler(TrustRoots.Of([authority.Root]), new Dialer(isSimulated: true));
        handler.ConnectCallback = (context, cancellation) => services.ConnectAsync(context.DnsEndPoint, cancellation);
        outgoing = new HttpClient(handler) { Timeout = Timeout.InfiniteTimeSpan };
    }

    public TestAuthority Authority { get; }

    public FakeServices Services { get; }

    public FakeProcessor Processor { get; }

    public StringWriter Log { get; } = new();

    public InstantTime Time { get; } = new();

    /// <summary>Talks to the sidecar.</summary>
    public HttpClient Client { get; } = new(new SocketsHttpHandler { AllowAutoRedirect = false });

    public static async Task<SidecarUnderTest> StartAsync(
        SkrSettings? settings = null,
        byte[][]? reports = null,
        string? tcb = null,
        bool attester = true,
        bool certificates = true,
        string? rawPolicy = null,
        Func<string, string?>? environment = null)
    {
        var evidence = Recordings.Evidence();
        var authority = new TestAuthority();
        var test = new SidecarUnderTest(authority, await FakeServices.StartAsync(authority), new FakeProcessor(reports ?? [evidence.Report]));
        var context = SecurityContext.Write(
            Path.Combine(test.folder, "security-context-1"),
            certificates ? SecurityContext.Thim(tcb ?? evidence.Tcb) : null,
            evidence.Endorsement);
        if (rawPolicy is not null) await File.WriteAllTextAsync(Path.Combine(context, "security-policy-base64"), rawPolicy);
        var found = new SimulatedAttester(test.Processor.Path);
        await test.StartAsync(settings ?? new SkrSettings { Azure = new AzureInformation { UserAgent = "oracle-test" } }, new SkrSurroundings
        {
            Attester = () => attester ? found : null,
            Client = test.outgoing,
            Roots = TrustRoots.Of([authority.Root]),
            Environment = environment ?? (name => name == "UVM_SECURITY_CONTEXT_DIR" ? context : null),
            Root = test.folder,
            Time = test.Time,
            Log = new SidecarLog(test.Log, LogLevelName.Trace),
        });
        return test;
    }

    /// <summary>Posts a body and gives the status and the body of the reply.</summary>
    public async Task<(HttpStatusCode Status, string Body)> PostAsync(string path, string body)
    {
        using var content = new StringContent(body, Encoding.UTF8, "application/x-www-form-urlencoded");
        using var response = await Client.PostAsync(path, content);
        return (response.StatusCode, await response.Content.ReadAsStringAsync());
    }

    /// <summary>Asks for a key of the recorded vault.</summary>
    public Task<(HttpStatusCode Status, string Body)> ReleaseAsync(string kid, string vault = "localhost", string accessToken = "tok") =>
        PostAsync("/key/release", $$"""{"maa_endpoint":"localhost","akv_endpoint":"{{vault}}","kid":"{{kid}}","access_token":"{{accessToken}}"}""");

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        if (server is not null) await server.DisposeAsync();
        sidecar?.Dispose();
        outgoing.Dispose();
        await Processor.DisposeAsync();
        await Services.DisposeAsync();
        Authority.Dispose();
        Directory.Delete(folder, recursive: true);
    }

    private async Task StartAsync(SkrSettings settings, SkrSurroundings surroundings)
    {
        sidecar = await SkrSidecar.CreateAsync(settings, surroundings, CancellationToken.None);
        server = settings.IsGrpc
            ? SkrServer.Create(sidecar.Grpc.HandleAsync, port: 0, HttpProtocols.Http2)
            : SkrServer.Create(sidecar.Router.HandleAsync, port: 0);
        await server.StartAsync();
        Client.BaseAddress = new Uri(server.Urls.First());
    }
}
