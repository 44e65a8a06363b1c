using System.Net;
using Cove.Attestation.Dcap;
using Cove.Attestation.Fetching;
using Cove.Attestation.Tests.Snp.Kds;
using Cove.Outcomes;

namespace Cove.Attestation.Tests.Dcap;

public sealed class PcsClientTests : IDisposable
{
    private static readonly DateTimeOffset Then = SimulatedPlatform.Then;
    private readonly SimulatedPlatform platform = new();
    private readonly FakePcs pcs = new();
    private readonly HttpClient http;
    private readonly ImpatientTime time = new(Then);
    private readonly string folder = Directory.CreateTempSubdirectory("cove-pcs-").FullName;

    public PcsClientTests()
    {
        http = new HttpClient(pcs);
        pcs.Serve(platform.Collateral(QuoteTee.Tdx), "tdx");
    }

    public void Dispose()
    {
        http.Dispose();
        pcs.Dispose();
        platform.Dispose();
        Directory.Delete(folder, recursive: true);
    }

    [Theory]
    [InlineData("https://api.trustedservices.intel.com/", "https://certificates.trustedservices.intel.com/IntelSGXRootCA.der")]
    [InlineData("https://pccs.example:8081", "https://pccs.example:8081/sgx/certification/v4/rootcacrl")]
    [InlineData("http://169.254.169.254/metadata/THIM/", "http://169.254.169.254/metadata/THIM/sgx/certification/v4/rootcacrl")]
    public async Task Fetches_each_part_from_its_place_and_the_quote_verifies_with_them(string address, string rootList)
    {
        var service = address == PcsService.Intel.Address.ToString() ? PcsService.Intel : PcsService.Cache(new Uri(address));
        var evidence = QuoteEvidence.Parse(platform.Td15Quote());
        var collateral = await new PcsClient(http, service, new AnswerCache(folder), time).FetchAsync(evidence.Quote, TestContext.Current.CancellationToken);
        Assert.True(new EvidenceVerifier(platform.Anchors).Verify(evidence, new Collateral { Dcap = collateral }, Then).IsAccepted(out _, out var findings), string.Join('\n', findings));
        var at = address.TrimEnd('/');
        Assert.Equal(
            [$"{at}/tdx/certification/v4/tcb?fmspc=00906ea10000", $"{at}/tdx/certification/v4/qe/identity", $"{at}/sgx/certification/v4/pckcrl?ca=platform&encoding=der", rootList], pcs.Requests);
    }

    [Fact]
    public async Task What_was_fetched_is_asked_for_again_only_when_it_is_old()
    {
        var client = Client();
        await Fetch(client);
        Assert.Equal(4, pcs.Requests.Count);
        var again = await Fetch(client);
        Assert.Same(again, await Fetch(client));
        await Fetch(Client());
        Assert.Equal(4, pcs.Requests.Count);
        time.Pass(PcsClient.RefreshAge);
        await Fetch(client);
        Assert.Equal(8, pcs.Requests.Count);
    }

    [Fact]
    public async Task Old_collateral_serves_while_the_service_is_away_until_its_next_update()
    {
        var client = Client();
        var first = await Fetch(client);
        pcs.Answers.Clear();
        time.Pass(TimeSpan.FromDays(20));
        Assert.Equal(first.Fingerprint, (await Fetch(client)).Fingerprint);
        var asked = pcs.Requests.Count;
        Assert.Equal(first.Fingerprint, (await Fetch(client)).Fingerprint);
        Assert.Equal(asked, pcs.Requests.Count);
        time.Pass(TimeSpan.FromMinutes(11));
        Assert.Equal(first.Fingerprint, (await Fetch(client)).Fingerprint);
        Assert.Equal(asked + 1, pcs.Requests.Count);
        time.Pass(TimeSpan.FromDays(10));
        await Assert.ThrowsAsync<UnavailableException>(() => Fetch(client));
        // Without network its dates are the verifier's to look at.
        Assert.Equal(first.Fingerprint, (await Fetch(PcsClient.Offline(new AnswerCache(folder), time))).Fingerprint);
    }

    [Fact]
    public async Task Without_network_and_cache_it_is_unavailable() =>
        await Assert.ThrowsAsync<UnavailableException>(() => Fetch(PcsClient.Offline(new AnswerCache(folder), time)));

    [Fact]
    public async Task A_refusal_for_load_is_waited_out_and_another_is_not()
    {
        foreach (var status in (HttpStatusCode[])[HttpStatusCode.TooManyRequests, HttpStatusCode.BadGateway, HttpStatusCode.ServiceUnavailable]) pcs.Refusals.Enqueue(status);
        await Fetch(Client());
        Assert.Equal(7, pcs.Requests.Count);
        time.Pass(PcsClient.RefreshAge + TimeSpan.FromDays(40));
        pcs.Refusals.Enqueue(HttpStatusCode.Unauthorized);
        await Assert.ThrowsAsync<UnavailableException>(() => Fetch(Client()));
        Assert.Equal(8, pcs.Requests.Count);
    }

    [Fact]
    public async Task An_answer_about_something_else_is_not_taken()
    {
        pcs.Serve(platform.Collateral(QuoteTee.Sgx), "tdx");
        await Assert.ThrowsAsync<UnavailableException>(() => Fetch(Client()));
        pcs.Serve(platform.Collateral(QuoteTee.Tdx, info => info["fmspc"] = "010203040506"), "tdx");
        await Assert.ThrowsAsync<UnavailableException>(() => Fetch(Client()));
        pcs.Answers["/tdx/certification/v4/tcb"] = ([1, 2, 3], "x");
        await Assert.ThrowsAsync<UnavailableException>(() => Fetch(Client()));
        pcs.Serve(platform.Collateral(QuoteTee.Tdx), "tdx");
        await Fetch(Client());
    }

    [Fact]
    public async Task Those_who_need_the_same_at_once_share_a_fetch()
    {
        var go = new TaskCompletionSource();
        pcs.Hold = go.Task;
        var client = Client();
        var all = Enumerable.Range(0, 8).Select(_ => Fetch(client)).ToArray();
        go.SetResult();
        await Task.WhenAll(all);
        Assert.Equal(4, pcs.Requests.Count);
    }

    private PcsClient Client() => new(http, PcsService.Intel, new AnswerCache(folder), time);

    private Task<DcapCollateral> Fetch(PcsClient client) => client.FetchAsync(QuoteTee.Tdx, PckCertificate.Parse(platform.Pck), TestContext.Current.CancellationToken);

    private sealed class FakePcs : HttpMessageHandler
    {
        private readonly Lock gate = new();

        public Dictionary<string, (byte[] Body, string Chain)> Answers { get; } = new(StringComparer.Ordinal);

        public Queue<HttpStatusCode> Refusals { get; } = [];

        public List<string> Requests { get; } = [];

        public Task Hold { get; set; } = Task.CompletedTask;

        public void Serve(DcapCollateral collateral, string kind)
        {
            var parts = collateral.Parts;
            Answers[$"/{kind}/certification/v4/tcb"] = (parts.TcbInfo.ToDocument("tcbInfo"), Text(parts.TcbInfoIssuerChain));
            Answers[$"/{kind}/certification/v4/qe/identity"] = (parts.QeIdentity.ToDocument("enclaveIdentity"), Text(parts.QeIdentityIssuerChain));
            Answers["/sgx/certification/v4/pckcrl"] = (parts.PckCrl.ToArray(), Text(parts.PckCrlIssuerChain));
            Answers["/IntelSGXRootCA.der"] = (parts.RootCaCrl.ToArray(), "");
            // As PCCS gives it.
            Answers["/sgx/certification/v4/rootcacrl"] = (System.Text.Encoding.ASCII.GetBytes(Convert.ToHexStringLower(parts.RootCaCrl.Span)), "");
        }

        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            await Hold;
            lock (gate)
            {
                Requests.Add(request.RequestUri!.AbsoluteUri);
                if (Refusals.TryDequeue(out var refusal)) return new HttpResponseMessage(refusal);
                var path = request.RequestUri.AbsolutePath.Replace("/metadata/THIM", "", StringComparison.Ordinal);
                if (!Answers.TryGetValue(path, out var answer)) return new HttpResponseMessage(HttpStatusCode.NotFound);
                var response = new HttpResponseMessage(HttpStatusCode.OK) { Content = new ByteArrayContent(answer.Body) };
                foreach (var header in (string[])["TCB-Info-Issuer-Chain", "SGX-Enclave-Identity-Issuer-Chain", "SGX-PCK-CRL-Issuer-Chain"]) response.Headers.Add(header, answer.Chain);
                return response;
            }
        }

        private static string Text(ReadOnlyMemory<byte> pem) => Uri.EscapeDataString(System.Text.Encoding.ASCII.GetString(pem.Span));
    }
}
