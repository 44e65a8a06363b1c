using System.Buffers.Binary;
using System.Net;
using System.Text;
using System.Text.Json;
using Cove.Sidecar.CommandLine;
using Cove.Sidecar.Tests.Fakes;

namespace Cove.Sidecar.Tests.Attest;

/// <summary>Which report goes with which certificates, when the platform's TCB has moved on.</summary>
public sealed class EvidenceCollectorTests
{
    private const string Request = """{"maa_endpoint":"localhost","runtime_data":"e30="}""";
    private const ulong RecordedTcb = 0x3100000000000000;

    [Fact]
    public async Task Certificates_at_hand_are_sent_while_their_tcb_is_the_reports()
    {
        await using var sidecar = await SidecarUnderTest.StartAsync();

        await sidecar.PostAsync("/attest/maa", Request);

        Assert.Equal(Recordings.Evidence().CertificatesPem, SentCertificates(Assert.Single(sidecar.Services.Requests)));
    }

    [Fact]
    public async Task Others_are_fetched_once_and_kept()
    {
        await using var sidecar = await SidecarUnderTest.StartAsync(Amd, tcb: "00");
        AnswerAmd(sidecar, "fetched chain\n");

        await sidecar.PostAsync("/attest/maa", Request);
        await sidecar.PostAsync("/attest/maa", Request);
        await sidecar.ReleaseAsync("octkey");

        Assert.Equal(2, sidecar.Services.Requests.Count(r => r.Target.StartsWith("/vcek/", StringComparison.Ordinal)));
        var attested = sidecar.Services.Requests.Where(r => r.Target.StartsWith("/attest/", StringComparison.Ordinal)).ToArray();
        Assert.Equal(3, attested.Length);
        Assert.All(attested, r => Assert.EndsWith("fetched chain\n", SentCertificates(r), StringComparison.Ordinal));
        Assert.All(attested, r => Assert.StartsWith("-----BEGIN CERTIFICATE-----", SentCertificates(r), StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_second_report_is_fetched_and_it_is_the_one_sent()
    {
        using var authority = new TestAuthority();
        using var vcek = authority.Vcek(0, 0, 0, 0xDB);
        var newer = WithTcb(0xDB00000000000000);
        await using var sidecar = await SidecarUnderTest.StartAsync(AzureCache, [WithTcb(0x3200000000000000), newer]);
        sidecar.Services.Answer = r => r.Target.StartsWith("/SevSnpVM/", StringComparison.Ordinal)
            ? new FakeAnswer(200, Encoding.ASCII.GetBytes(vcek.ExportCertificatePem()))
            : null;

        var (status, _) = await sidecar.PostAsync("/attest/maa", Request);

        Assert.Equal(HttpStatusCode.OK, status);
        Assert.Equal(2, sidecar.Processor.Asked);
        var sent = Evidence(sidecar.Services.Requests.Last());
        Assert.Equal(0xDB00000000000000, BinaryPrimitives.ReadUInt64LittleEndian(Decode(sent.GetProperty("SnpReport")).AsSpan(384)));
        Assert.Contains("/db00000000000000?", sidecar.Services.Requests.ElementAt(1).Target, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Certificates_of_another_tcb_are_never_sent()
    {
        using var authority = new TestAuthority();
        using var vcek = authority.Vcek(3, 0, 8, 0x72);
        await using var sidecar = await SidecarUnderTest.StartAsync(AzureCache, tcb: "00");
        sidecar.Services.Answer = r => r.Target.StartsWith("/SevSnpVM/", StringComparison.Ordinal)
            ? new FakeAnswer(200, Encoding.ASCII.GetBytes(vcek.ExportCertificatePem()))
            : null;

        var (status, body) = await sidecar.PostAsync("/attest/maa", Request);

        Assert.Equal(HttpStatusCode.Forbidden, status);
        Assert.Contains($"SNP reported TCB value: {RecordedTcb} doesn't match Certificate TCB value: {0x7208000000000003}", body, StringComparison.Ordinal);
        Assert.DoesNotContain(sidecar.Services.Requests, r => r.Target.StartsWith("/attest/", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("", "", "Refreshing CertChain failed: failed to retrieve cert chain: certificate endpoint not set")]
    [InlineData("Other", "localhost", "invalid endpoint type: Other")]
    [InlineData("AzCache", "localhost", "AzCache failed to parse VCEK from cert chain")]
    public async Task Says_why_no_certificates_were_fetched(string type, string endpoint, string why)
    {
        await using var sidecar = await SidecarUnderTest.StartAsync(
            Settings(new CertificateCacheSettings { EndpointType = type, Endpoint = endpoint }), tcb: "00");
        sidecar.Services.Answer = _ => FakeAnswer.Json("no certificate");

        var (status, body) = await sidecar.PostAsync("/attest/maa", Request);

        Assert.Equal(HttpStatusCode.Forbidden, status);
        Assert.Contains(why, body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Local_certificates_come_with_their_tcb()
    {
        await using var sidecar = await SidecarUnderTest.StartAsync(
            Settings(new CertificateCacheSettings { EndpointType = "LocalTHIM", Endpoint = "169.254.169.254/metadata/THIM/amd/certification" }), tcb: "00");

        await sidecar.PostAsync("/attest/maa", Request);

        Assert.Equal(Recordings.Evidence().CertificatesPem, SentCertificates(sidecar.Services.Requests.Last()));
    }

    [Theory]
    [InlineData("/attest/raw", HttpStatusCode.Forbidden, "failure to fetch attestation report hex")]
    [InlineData("/attest/combined", HttpStatusCode.InternalServerError, "failure to fetch attestation report bytes")]
    [InlineData("/attest/maa", HttpStatusCode.Forbidden, "attestation failed")]
    [InlineData("/key/release", HttpStatusCode.Forbidden, "secure key release failed")]
    public async Task Without_an_attester_there_is_no_report_of_any_kind(string path, HttpStatusCode expected, string what)
    {
        await using var sidecar = await SidecarUnderTest.StartAsync(attester: false);

        var (status, body) = await sidecar.PostAsync(
            path, """{"maa_endpoint":"localhost","akv_endpoint":"localhost","kid":"octkey","access_token":"t","runtime_data":"e30="}""");

        Assert.Equal(expected, status);
        Assert.Contains(what, body, StringComparison.Ordinal);
        Assert.Contains("SEV device is not found", body, StringComparison.Ordinal);
        Assert.Empty(sidecar.Services.Requests);
    }

    [Theory]
    [InlineData("/attest/raw", HttpStatusCode.Forbidden, "decoding policy from Base64 format failed")]
    [InlineData("/attest/combined", HttpStatusCode.InternalServerError, "decoding policy from Base64 format failed")]
    [InlineData("/attest/maa", HttpStatusCode.Forbidden, "Decoding policy from Base64 format failed: illegal base64 data")]
    public async Task A_policy_that_is_not_base64_stops_before_the_report(string path, HttpStatusCode expected, string what)
    {
        await using var sidecar = await SidecarUnderTest.StartAsync(rawPolicy: "@@");

        var (status, body) = await sidecar.PostAsync(path, Request);

        Assert.Equal(expected, status);
        Assert.Contains(what, body, StringComparison.Ordinal);
        Assert.Equal(0, sidecar.Processor.Asked);
    }

    [Fact]
    public async Task An_attestation_service_under_another_root_is_not_told_anything()
    {
        await using var sidecar = await SidecarUnderTest.StartAsync();
        await using var stranger = await FakeServices.StartAsync(new TestAuthority("Stranger"));
        sidecar.Services.TlsPort = stranger.TlsPort;

        var (status, body) = await sidecar.PostAsync("/attest/maa", Request);

        Assert.Equal(HttpStatusCode.Forbidden, status);
        Assert.Contains("maa post request failed", body, StringComparison.Ordinal);
        Assert.Empty(stranger.Requests);
    }

    [Theory]
    [InlineData("{}", "empty token string in maa response")]
    [InlineData("[", "unmarshalling maa http response body failed")]
    public async Task An_answer_without_a_token_is_refused(string answer, string why)
    {
        await using var sidecar = await SidecarUnderTest.StartAsync();
        sidecar.Services.Answer = _ => FakeAnswer.Json(answer);

        var (status, body) = await sidecar.PostAsync("/attest/maa", Request);

        Assert.Equal(HttpStatusCode.Forbidden, status);
        Assert.Contains(why, body, StringComparison.Ordinal);
    }

    private static SkrSettings Amd { get; } = Settings(new CertificateCacheSettings { EndpointType = "AMD", Endpoint = "localhost/vcek/v1" });

    private static SkrSettings AzureCache { get; } = Settings(new CertificateCacheSettings { EndpointType = "AzCache", Endpoint = "localhost" });

    private static SkrSettings Settings(CertificateCacheSettings cache) => new() { Azure = new AzureInformation { CertificateCache = cache } };

    private static void AnswerAmd(SidecarUnderTest sidecar, string chain) => sidecar.Services.Answer = r =>
        r.Target.EndsWith("/cert_chain", StringComparison.Ordinal) ? new FakeAnswer(200, Encoding.ASCII.GetBytes(chain))
        : r.Target.StartsWith("/vcek/", StringComparison.Ordinal) ? new FakeAnswer(200, [0x30, 0x00])
        : null;

    private static byte[] WithTcb(ulong tcb)
    {
        var report = Recordings.Evidence().Report;
        BinaryPrimitives.WriteUInt64LittleEndian(report.AsSpan(384), tcb);
        return report;
    }

    private static string SentCertificates(RecordedRequest request) => Encoding.ASCII.GetString(Decode(Evidence(request).GetProperty("VcekCertChain")));

    private static JsonElement Evidence(RecordedRequest request)
    {
        using var body = JsonDocument.Parse(request.Body);
        return JsonDocument.Parse(Decode(body.RootElement.GetProperty("report"))).RootElement;
    }

    private static byte[] Decode(JsonElement text) => Convert.FromBase64String(text.GetString()!.Replace('-', '+').Replace('_', '/'));
}
