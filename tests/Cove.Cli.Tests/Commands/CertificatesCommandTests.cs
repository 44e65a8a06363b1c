using System.Net;
using System.Numerics;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Cove.Tests;

namespace Cove.Cli.Tests.Commands;

/// <summary>A report's certificates from a key distribution service, and again without it.</summary>
public sealed class CertificatesCommandTests : IDisposable
{
    private readonly Desk desk = new();
    private readonly Service service = new();

    public CertificatesCommandTests()
    {
        desk.Write("report.bin", Vector("coco-trustee", "snp", "test-report.bin"));
        service.Answers["vcek"] = Vector("coco-trustee", "snp", "test-vcek.der");
        service.Answers["chain"] = Vector("google-go-sev-guest", "trust", "ask_ark_milan.pem");
        service.Answers["crl"] = List(desk.Time.GetUtcNow());
        desk.HttpHandler = () => service;
    }

    public void Dispose()
    {
        desk.Dispose();
        service.Dispose();
    }

    [Fact]
    public async Task What_was_fetched_verifies_the_report_and_is_not_asked_for_again()
    {
        var said = await desk.Cove("evidence", "certs", "report.bin", "-o", "certs.pem", "--crl", "amd.crl");
        Assert.Equal((0, ""), (said.Exit, said.Error));
        Assert.Contains("SEV-VCEK, until 2030", said.Out, StringComparison.Ordinal);
        Assert.All(service.Asked, url => Assert.StartsWith("https://kdsintf.amd.com/vcek/v1/Milan/", url, StringComparison.Ordinal));
        Assert.Equal(3, service.Asked.Count);
        Assert.Equal(0, (await desk.Cove("verify", "report.bin", "--certs", "certs.pem", "--at", "2024-01-01")).Exit);

        // The list was signed by the test, which a verifier must notice.
        var refused = await desk.Cove("verify", "report.bin", "--certs", "certs.pem", "--crl", "amd.crl");
        Assert.Equal(3, refused.Exit);
        Assert.Contains("crl-signature-invalid", refused.Out + refused.Error, StringComparison.Ordinal);

        service.Answers.Clear();
        Assert.Equal(0, (await desk.Cove("evidence", "certs", "report.bin", "-o", "again.pem")).Exit);
        Assert.Equal(0, (await desk.Cove("evidence", "certs", "report.bin", "-o", "offline.pem", "--offline")).Exit);
        Assert.Equal(3, service.Asked.Count);
        Assert.Equal(await File.ReadAllTextAsync(desk.Path("certs.pem")), await File.ReadAllTextAsync(desk.Path("offline.pem")));
    }

    [Fact]
    public async Task What_is_not_to_be_had_is_unavailable_and_nothing_is_written()
    {
        Assert.Equal(5, (await desk.Cove("evidence", "certs", "report.bin", "-o", "certs.pem", "--offline")).Exit);
        service.Answers.Remove("vcek");
        Assert.Equal(5, (await desk.Cove("evidence", "certs", "report.bin", "-o", "certs.pem")).Exit);
        Assert.Equal(2, (await desk.Cove("evidence", "certs", "report.bin", "-o", "certs.pem", "--service", "ftp://kds")).Exit);
        Assert.False(File.Exists(desk.Path("certs.pem")));
    }

    private static byte[] Vector(params string[] path) => File.ReadAllBytes(Vectors.Path(["attestation", .. path]));

    private static byte[] List(DateTimeOffset now)
    {
        using var key = RSA.Create(2048);
        X509Certificate2Collection chain = [];
        chain.ImportFromPem(Encoding.ASCII.GetString(Vector("google-go-sev-guest", "trust", "ask_ark_milan.pem")));
        var name = chain.Single(certificate => certificate.Subject == certificate.Issuer).SubjectName;
        var authority = X509AuthorityKeyIdentifierExtension.CreateFromIssuerNameAndSerialNumber(name, [1]);
        return new CertificateRevocationListBuilder().Build(name, X509SignatureGenerator.CreateForRSA(key, RSASignaturePadding.Pss), BigInteger.One, now.AddDays(30), HashAlgorithmName.SHA384, authority, now.AddDays(-1));
    }

    private sealed class Service : HttpMessageHandler
    {
        public Dictionary<string, byte[]> Answers { get; } = new(StringComparer.Ordinal);

        public List<string> Asked { get; } = [];

        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            var url = request.RequestUri!;
            Asked.Add(url.AbsoluteUri);
            var kind = url.AbsolutePath.EndsWith("/cert_chain", StringComparison.Ordinal) ? "chain" : url.AbsolutePath.EndsWith("/crl", StringComparison.Ordinal) ? "crl" : "vcek";
            var answer = Answers.TryGetValue(kind, out var body) ? new HttpResponseMessage(HttpStatusCode.OK) { Content = new ByteArrayContent(body) } : new HttpResponseMessage(HttpStatusCode.NotFound);
            return Task.FromResult(answer);
        }
    }
}
