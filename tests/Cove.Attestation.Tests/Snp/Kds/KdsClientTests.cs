using System.Text;
using Cove.Attestation.Fetching;
using Cove.Attestation.Snp.Kds;
using Cove.Attestation.Snp;
using Cove.Formats.Der;
using Cove.Outcomes;

namespace Cove.Attestation.Tests.Snp.Kds;

public sealed class KdsClientTests : IDisposable
{
    private const string Report = "coco-trustee/snp/e2e-genoa-report.rebuilt.bin";
    private const string ChainPath = "/vcek/v1/Genoa/cert_chain";
    private const string ListPath = "/vcek/v1/Genoa/crl";
    private static readonly DateTimeOffset Now = Known.At("2025-05-28");
    private readonly string folder = Directory.CreateTempSubdirectory("cove-kds-").FullName;
    private readonly ImpatientTime time = new(Now);
    private readonly FakeKds service = new();
    private readonly HttpClient http = new();
    private readonly TestAuthority authority = new();
    private readonly KdsClient client;

    public KdsClientTests() => client = new KdsClient(http, service.Address, new AnswerCache(folder), time);

    public void Dispose()
    {
        client.Dispose();
        http.Dispose();
        service.Dispose();
        authority.Dispose();
        Directory.Delete(folder, recursive: true);
    }

    [Fact]
    public async Task What_it_fetches_verifies_the_report_and_is_asked_for_once()
    {
        var report = SnpReport.Parse(Known.Bytes(Report));
        Serve(report);
        var fetched = await client.FetchAsync(report, TestContext.Current.CancellationToken);
        Assert.Equal([VcekPath(report), ChainPath, ListPath], service.Requests);
        var evidence = new SnpEvidence(report.Bytes, []);
        // The list is one that a test signed, so only the certificates are given to the verifier.
        Assert.True(new EvidenceVerifier().Verify(evidence, new Collateral { Certificates = fetched.Certificates }, Now).IsAccepted(out _, out var findings), string.Join('\n', findings));
        Assert.Equal("ARK-Genoa", Assert.Single(fetched.RevocationLists).Issuer.CommonName);

        await client.FetchAsync(report, TestContext.Current.CancellationToken);
        Assert.Equal(3, service.Requests.Length);
        using var offline = KdsClient.Offline(new AnswerCache(folder), time);
        Assert.Equal(3, (await offline.FetchAsync(report, TestContext.Current.CancellationToken)).Certificates.Count);
    }

    [Fact]
    public async Task Turin_is_asked_for_with_its_short_id_and_its_own_part_of_the_tcb()
    {
        var der = Known.Bytes("virtee-sev/certs_data/vcek_turin.der");
        var key = EndorsementKeyCertificate.Parse(Certificate.Parse(der));
        var tcb = key.Tcb;
        service.Answers[$"/vcek/v1/Turin/1e550a8ee5cf9f4d?fmcSPL={tcb.Fmc:00}&blSPL={tcb.BootLoader:00}&teeSPL={tcb.Tee:00}&snpSPL={tcb.Snp:00}&ucodeSPL={tcb.Microcode:00}"] = der;
        byte[] chipId = [.. key.HardwareId.Span, .. new byte[56]];
        Assert.Equal(der, (await client.FetchVcekAsync(SnpProduct.Turin, chipId, tcb, TestContext.Current.CancellationToken)).Der.ToArray());
        chipId[63] = 1;
        await Assert.ThrowsAsync<ArgumentException>(() => client.FetchVcekAsync(SnpProduct.Turin, chipId, tcb, TestContext.Current.CancellationToken));
    }

    [Theory]
    [InlineData("Retry-After: 37\r\n", 37, 37)]
    [InlineData("Retry-After: Wed, 28 May 2025 00:00:50 GMT\r\n", 50, 50)]
    [InlineData("", 1, 2)]
    public async Task Waits_as_long_as_the_service_says_or_a_little_at_first(string header, int atLeast, int atMost)
    {
        service.Answers[ChainPath] = Chain();
        service.Refuse(429, header);
        Assert.Equal(2, (await client.FetchChainAsync(SnpProduct.Genoa, SigningKey.Vcek, TestContext.Current.CancellationToken)).Count);
        Assert.InRange(Assert.Single(time.Pauses).TotalSeconds, atLeast, atMost);
    }

    [Fact]
    public async Task Gives_up_after_pauses_that_grow_and_asks_the_next_time_only_after_the_last_of_them()
    {
        for (var i = 0; i < 6; i++) service.Refuse(503);
        service.Answers[ChainPath] = Chain();
        await Assert.ThrowsAsync<UnavailableException>(Fetch);
        Assert.Equal(6, service.Requests.Length);
        Assert.Equal(5, time.Pauses.Count);
        for (var i = 0; i < 5; i++) Assert.InRange(time.Pauses[i].TotalSeconds, 1 << i, 2 << i);
        await Fetch();
        Assert.InRange(time.Pauses[5].TotalSeconds, 32, 64);
    }

    [Fact]
    public async Task Does_not_wait_for_a_service_that_wants_to_be_left_alone_for_an_hour()
    {
        service.Refuse(429, "Retry-After: 3600\r\n");
        await Assert.ThrowsAsync<UnavailableException>(Fetch);
        Assert.Empty(time.Pauses);
    }

    [Fact]
    public async Task What_is_not_there_is_not_asked_for_again_for_a_while()
    {
        await Assert.ThrowsAsync<UnavailableException>(Fetch);
        service.Answers[ChainPath] = Chain();
        await Assert.ThrowsAsync<UnavailableException>(Fetch);
        Assert.Single(service.Requests);
        time.Pass(TimeSpan.FromMinutes(11));
        await Fetch();
    }

    [Fact]
    public async Task Those_who_ask_the_same_at_once_share_an_answer_and_one_may_leave()
    {
        service.Answers[ChainPath] = Chain();
        var hold = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        service.Hold = hold.Task;
        using var leaving = new CancellationTokenSource();
        var left = client.FetchChainAsync(SnpProduct.Genoa, SigningKey.Vcek, leaving.Token);
        var others = Enumerable.Range(0, 10).Select(_ => client.FetchChainAsync(SnpProduct.Genoa, SigningKey.Vcek, TestContext.Current.CancellationToken)).ToArray();
        await leaving.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => left);
        hold.SetResult();
        Assert.All(await Task.WhenAll(others), chain => Assert.Equal(2, chain.Count));
        Assert.Single(service.Requests);
    }

    [Fact]
    public async Task An_answer_that_is_something_else_is_neither_given_nor_kept()
    {
        foreach (var other in (byte[][])[Encoding.ASCII.GetBytes("<html>sign in</html>"), Known.Bytes("google-go-sev-guest/trust/ask_ark_milan.pem"), Known.Bytes("google-go-sev-guest/trust/ask_ark_genoa_vlek.pem"), new byte[AnswerCache.MaximumAnswer + 1]])
        {
            service.Answers[ChainPath] = other;
            await Assert.ThrowsAsync<UnavailableException>(Fetch);
        }

        service.Answers[ChainPath] = Chain();
        await Fetch();
        // Another chip's certificate under the path of the one that was asked for.
        var report = SnpReport.Parse(Known.Bytes(Report));
        Serve(report);
        service.Answers[VcekPath(report)] = Known.Bytes("google-go-sev-guest/vcek.testcer");
        await Assert.ThrowsAsync<UnavailableException>(() => client.FetchAsync(report, TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task A_revocation_list_is_refreshed_daily_and_an_older_one_serves_while_it_is_good()
    {
        service.Answers[ListPath] = authority.RevocationListOf("ARK-Genoa", Now.AddDays(-1), Now.AddDays(3)).Der.ToArray();
        Task<CertificateRevocationList> List() => client.FetchRevocationListAsync(SnpProduct.Genoa, SigningKey.Vcek, TestContext.Current.CancellationToken);
        await List();
        await List();
        Assert.Single(service.Requests);
        time.Pass(TimeSpan.FromHours(25));
        await List();
        Assert.Equal(2, service.Requests.Length);
        service.Answers.Clear();
        time.Pass(TimeSpan.FromHours(25));
        await List();
        Assert.Equal(3, service.Requests.Length);
        time.Pass(TimeSpan.FromHours(25));
        await Assert.ThrowsAsync<UnavailableException>(List);
    }

    [Fact]
    public async Task A_masked_chip_and_an_unknown_product_are_unavailable_without_asking()
    {
        var masked = Known.Bytes(Report);
        masked.AsSpan(0x1A0, 64).Clear();
        var unknown = Known.Bytes(Report);
        unknown[0x188] = 0x1B;
        foreach (var report in (byte[][])[masked, unknown])
            await Assert.ThrowsAsync<UnavailableException>(() => client.FetchAsync(SnpReport.Parse(report), TestContext.Current.CancellationToken));
        Assert.Empty(service.Requests);
    }

    private Task<IReadOnlyList<Certificate>> Fetch() => client.FetchChainAsync(SnpProduct.Genoa, SigningKey.Vcek, TestContext.Current.CancellationToken);

    private static byte[] Chain() => Known.Bytes("google-go-sev-guest/trust/ask_ark_genoa.pem");

    private void Serve(SnpReport report)
    {
        service.Answers[VcekPath(report)] = Known.Bytes("coco-trustee/snp/e2e-genoa-vcek.der");
        service.Answers[ChainPath] = Chain();
        service.Answers[ListPath] = authority.RevocationListOf("ARK-Genoa", Now.AddDays(-1), Now.AddDays(30)).Der.ToArray();
    }

    private static string VcekPath(SnpReport report)
    {
        var tcb = TcbVersion.Parse(report.ReportedTcb, SnpProduct.Genoa, "REPORTED_TCB");
        return $"/vcek/v1/Genoa/{Convert.ToHexStringLower(report.ChipId)}?blSPL={tcb.BootLoader:00}&teeSPL={tcb.Tee:00}&snpSPL={tcb.Snp:00}&ucodeSPL={tcb.Microcode:00}";
    }
}
