using System.CommandLine;
using System.Text;
using Cove.Attestation.Fetching;
using Cove.Attestation.Snp;
using Cove.Attestation.Snp.Kds;
using Cove.Cli.Evidence;
using Cove.Formats.Der;
using Cove.Formats.Files;

namespace Cove.Cli.Commands.Evidence;

internal sealed class CertificatesCommand : CoveCommand
{
    private readonly Argument<string> evidence = new("report") { Description = "an SNP report (binary, hex or base64); - is standard input" };
    private readonly Option<string> output = new("--output", "-o") { HelpName = "file", Description = "write the certificates here (PEM)", Required = true };
    private readonly Option<string?> list = new("--crl") { HelpName = "file", Description = "write AMD's revocation list here (DER)" };
    private readonly Option<string> service = new("--service") { HelpName = "url", Description = "the key distribution service, or a mirror of it", DefaultValueFactory = _ => KdsClient.Amd.AbsoluteUri };
    private readonly Option<bool> offline = new("--offline") { Description = "take only what was fetched before" };

    public CertificatesCommand()
        : base("certs", "fetch the certificates that verify an SNP report")
    {
        Add(evidence);
        foreach (var option in (Option[])[output, list, service, offline]) Add(option);
        Details = "AMD's service answers a client about every ten seconds, so what was fetched is kept under $COVE_HOME and not asked for again; a copy of that folder serves machines without "
            + "network. Nothing that comes is trusted: cove verify checks it. A VLEK comes with its report and is not to be had here.";
        Example("cove evidence certs report.bin -o certs.pem --crl amd.crl", "fetch them, or take them from the cache");
        Example("cove evidence certs report.bin -o certs.pem --offline", "only from the cache");
    }

    protected internal override async Task<Answer> Run(Invocation call, CancellationToken cancellation)
    {
        var path = call.Get(evidence);
        var report = SnpReport.Parse(TextBytes.Decode(await call.Read(path, 4 * SnpReport.Size, cancellation)));
        if (!Uri.TryCreate(call.Get(service), UriKind.Absolute, out var address) || address.Scheme is not ("https" or "http"))
            throw CommandFailedException.Usage("url-invalid", $"is not the URL of a service, --service {call.Get(service)}");
        var cache = new AnswerCache(call.Home.Certificates);
        using var http = call.Http();
        using var client = call.Get(offline) ? KdsClient.Offline(cache, call.Time) : new KdsClient(http, address, cache, call.Time);
        using var progress = call.Terminal.Progress($"asking {address.Host}");
        var fetched = await client.FetchAsync(report, cancellation);
        WholeFile.Replace(call.FullPath(call.Get(output)!), Encoding.ASCII.GetBytes(CertificatePem.Write(fetched.Certificates)));
        if (call.Get(list) is { } file) WholeFile.Replace(call.FullPath(file), fetched.RevocationLists[0].Der.Span);
        var revocation = fetched.RevocationLists[0];
        return Answer.Of(
            page =>
            {
                foreach (var certificate in fetched.Certificates) page.Line($"  {certificate.Subject.CommonName}, until {certificate.NotAfter:yyyy-MM-dd}");
                page.Line($"  revocation list of {revocation.Issuer.CommonName}, until {revocation.NextUpdate:yyyy-MM-dd}");
                page.Line($"next: cove verify {path} --certs {call.Get(output)}{(call.Get(list) is { } written ? $" --crl {written}" : "")}");
            },
            writer =>
            {
                writer.WriteStartObject();
                writer.WriteStartArray("certificates");
                foreach (var certificate in fetched.Certificates) writer.WriteStringValue(certificate.Subject.CommonName);
                writer.WriteEndArray();
                writer.WriteString("revocationListUntil", revocation.NextUpdate);
                writer.WriteEndObject();
            });
    }
}
