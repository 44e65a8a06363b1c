using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace Cove.Cli.Tests.Commands;

/// <summary>A guest image endorsed on one desk, and asked about as a relying party does.</summary>
public sealed class EndorseCommandTests : IDisposable
{
    private static readonly string Measurement = new('7', 96);
    private readonly Desk desk = new();
    private readonly ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP384);

    public EndorseCommandTests()
    {
        var now = desk.Time.GetUtcNow();
        using var rootKey = ECDsa.Create(ECCurve.NamedCurves.nistP384);
        var root = new CertificateRequest("CN=Tide Root", rootKey, HashAlgorithmName.SHA384);
        root.CertificateExtensions.Add(new X509BasicConstraintsExtension(certificateAuthority: true, hasPathLengthConstraint: false, 0, critical: true));
        using var authority = root.CreateSelfSigned(now.AddYears(-1), now.AddYears(10));
        using var signer = new CertificateRequest("CN=Tide Guests", key, HashAlgorithmName.SHA384).Create(authority, now.AddDays(-1), now.AddYears(1), [7]);
        desk.Write("signer.pem", signer.ExportCertificatePem() + "\n" + authority.ExportCertificatePem() + "\n");
        desk.Write("signer.key", key.ExportPkcs8PrivateKeyPem());
    }

    public void Dispose()
    {
        desk.Dispose();
        key.Dispose();
    }

    [Theory]
    [InlineData("json")]
    [InlineData("hash")]
    public async Task What_is_endorsed_is_accepted_from_its_issuer_and_from_no_other(string form)
    {
        var made = await Endorse(Measurement, "--form", form);
        Assert.Equal((0, ""), (made.Exit, made.Error));
        var issuer = made.Out.Split('\n').Single(line => line.Contains("issuer", StringComparison.Ordinal)).Split(' ', StringSplitOptions.RemoveEmptyEntries)[1];
        Assert.StartsWith("did:x509:0:sha256:", issuer, StringComparison.Ordinal);

        Assert.Equal(0, (await Verify($"tide={issuer}")).Exit);
        Assert.Equal(0, (await Verify($"tide={issuer}", "--measurement", Measurement, "--minimum-svn", "3")).Exit);
        await AssertRefused("endorsement-svn-below-minimum", $"tide={issuer}", "--minimum-svn", "4");
        await AssertRefused("endorsement-of-another-guest", $"tide={issuer}", "--measurement", new string('8', 96));
        await AssertRefused("endorsement-issuer-not-accepted", $"ebb={issuer}");
        await AssertRefused("endorsement-issuer-not-accepted", $"tide={issuer}x");
        Assert.Equal(3, (await desk.Cove("verify", "guest.cose")).Exit);
    }

    [Fact]
    public async Task The_measurement_may_come_from_a_pipe()
    {
        desk.Input = Encoding.ASCII.GetBytes(Measurement + "\n");
        Assert.Equal(0, (await Endorse("-")).Exit);
        desk.Input = [];
        Assert.Equal(2, (await Endorse("-")).Exit);
    }

    [Fact]
    public async Task Nothing_is_written_that_nobody_would_accept()
    {
        using var other = ECDsa.Create(ECCurve.NamedCurves.nistP384);
        desk.Write("signer.key", other.ExportPkcs8PrivateKeyPem());
        var said = await Endorse(Measurement);
        Assert.Equal(3, said.Exit);
        Assert.Contains("endorsement-signature-invalid", said.Error, StringComparison.Ordinal);
        Assert.False(File.Exists(desk.Path("guest.cose")));
        Assert.Equal(4, (await Endorse(Measurement, "--did", "did:web:tide")).Exit);
        Assert.Equal(2, (await Endorse(Measurement[1..])).Exit);
        Assert.Equal(2, (await Endorse(Measurement, "--form", "xml")).Exit);
    }

    private Task<Said> Endorse(string measurement, params string[] more) =>
        desk.Cove(["image", "endorse", measurement, "--chain", "signer.pem", "--key", "signer.key", "--feed", "tide", "--svn", "3", "-o", "guest.cose", .. more]);

    private Task<Said> Verify(string endorser, params string[] more) => desk.Cove(["verify", "guest.cose", "--endorser", endorser, .. more]);

    private async Task AssertRefused(string code, string endorser, params string[] more)
    {
        var said = await Verify(endorser, more);
        Assert.Equal(3, said.Exit);
        Assert.Contains(code, said.Out + said.Error, StringComparison.Ordinal);
    }
}
