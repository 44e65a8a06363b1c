using System.CommandLine;
using System.Security.Cryptography;
using System.Text;
using Cove.Attestation.Uvm;
using Cove.Cli.Evidence;
using Cove.Cli.Measurement;
using Cove.Cli.Vault;
using Cove.Formats.Did;
using Cove.Formats.Files;
using Cove.Formats.Jose;

namespace Cove.Cli.Commands.Image;

internal sealed class EndorseCommand : CoveCommand
{
    private const int KeyLimit = 64 * 1024;
    private const int MeasurementText = 1024;

    private readonly Argument<string> measurement = new("measurement") { Description = "96 hex digits, as cove measure prints them; - reads them from standard input" };
    private readonly Option<string> chain = new("--chain") { HelpName = "file", Description = "the signer's certificates, leaf first, root last: PEM", Required = true };
    private readonly Option<string> key = new("--key") { HelpName = "file", Description = "the signer's private key: PEM or JWK; - or env://NAME", Required = true };
    private readonly Option<string> feed = new("--feed") { HelpName = "name", Description = "the line of guest images", Required = true };
    private readonly Option<long> svn = new("--svn") { HelpName = "number", Description = "the image's security version", Required = true };
    private readonly Option<string?> did = new("--did") { HelpName = "did:x509", Description = "the issuer; by default the signer's common name below the authority that certified it" };
    private readonly Option<string> form = new("--form") { HelpName = "form", Description = "json, or hash for a hash envelope as transparency services register it", DefaultValueFactory = _ => "json" };
    private readonly Option<string> output = new("--output", "-o") { HelpName = "file", Description = "write the endorsement here (COSE_Sign1)", Required = true };

    public EndorseCommand()
        : base("endorse", "endorse a guest image: sign that a launch measurement is its")
    {
        Add(measurement);
        foreach (var option in (Option[])[chain, key, feed, svn, did, form, output]) Add(option);
        Details = "A relying party that accepts the issuer for the feed then need not know each image's measurement: a new image brings its endorsement, and a minimum security "
            + "version retires old ones. The endorsement outlives the signer's certificate, which must be valid when it is made. cove verify --endorser FEED=ISSUER is the relying party's part.";
        Example("cove image endorse 4fd0…9c --chain signer.pem --key signer.key --feed my-guests --svn 3 -o guest.cose", "an endorsement, and its issuer's name");
        Example("cove measure --ovmf OVMF.fd --vcpu-type EPYC-Milan | cove image endorse - --chain signer.pem --key signer.key --feed my-guests --svn 3 -o guest.cose", "measure and endorse");
    }

    protected internal override async Task<Answer> Run(Invocation call, CancellationToken cancellation)
    {
        if (call.Get(measurement) == "-" && call.Get(key) == "-") throw CommandFailedException.Usage("input-ambiguous", "measurement and key cannot both come from standard input");
        if (call.Get(svn) < 0) throw CommandFailedException.Usage("svn-negative", $"is negative, --svn {call.Get(svn)}");
        var measured = await Measurement(call, cancellation);
        var certificates = CertificateFile.Parse(await call.Read(call.Get(chain)!, CertificateFile.MaximumSize, cancellation));
        var issuer = call.Get(did) is { } named ? DidX509.Parse(named) : DidX509.Of(certificates);
        using var signing = await Key(call, cancellation);
        var verdict = new UvmEndorsementIssuer(issuer.Text, certificates, signing).Issue(measured, call.Get(feed)!, call.Get(svn), call.Time.GetUtcNow(), Form(call));
        if (!verdict.IsAccepted(out var endorsement, out var findings))
            throw CommandFailedException.Rejected("nobody would accept this endorsement", findings);
        WholeFile.Replace(call.FullPath(call.Get(output)!), endorsement.Span);
        return Answer.Of(
            new EndorsedImage(call.Get(output)!, issuer.Text, call.Get(feed)!, call.Get(svn), Convert.ToHexStringLower(measured)),
            ImageJson.Default.EndorsedImage,
            static (page, made) =>
            {
                page.Line($"wrote {made.File}");
                page.Line($"  issuer  {made.Issuer}");
                page.Line($"  feed    {made.Feed}, version {made.Svn}");
            });
    }

    private async Task<byte[]> Measurement(Invocation call, CancellationToken cancellation)
    {
        var text = call.Get(measurement);
        // What cove measure prints begins with the measurement's line.
        if (text == "-") text = Encoding.ASCII.GetString(await call.Read("-", MeasurementText, cancellation)).Split('\n')[0].Trim();
        return Hex.Exactly(measurement.Name, text, UvmEndorsement.MeasurementSize);
    }

    private UvmEndorsementForm Form(Invocation call) => call.Get(form) switch
    {
        "json" => UvmEndorsementForm.Json,
        "hash" => UvmEndorsementForm.HashEnvelope,
        var other => throw CommandFailedException.Usage("form-unknown", $"is neither json nor hash, --form {other}"),
    };

    private async Task<AsymmetricAlgorithm> Key(Invocation call, CancellationToken cancellation)
    {
        var file = call.Get(key)!;
        var secret = await call.ReadSecret(file, KeyLimit, cancellation);
        try
        {
            using var read = PrivateKeyFile.Parse(secret);
            return read switch
            {
                RsaJwk rsa => rsa.CreateRsa(),
                EcJwk ec => ec.CreateEcdsa(),
                _ => throw CommandFailedException.Usage("key-unfit", $"is neither an RSA key nor one of a NIST curve, {file}"),
            };
        }
        finally
        {
            CryptographicOperations.ZeroMemory(secret);
        }
    }
}
