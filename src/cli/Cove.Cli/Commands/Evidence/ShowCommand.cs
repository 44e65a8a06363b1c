using System.CommandLine;
using Cove.Attestation.Snp;
using Cove.Cli.Evidence;
using Cove.Cli.Output;
using Cove.Cli.Shell;

namespace Cove.Cli.Commands.Evidence;

internal sealed class ShowCommand : CoveCommand
{
    private readonly Argument<string> evidence = new("evidence") { Description = "an SNP report (binary, hex or base64) or an attestation request; - is standard input" };

    public ShowCommand()
        : base("show", "show what evidence says, without verifying it")
    {
        Add(evidence);
        Details = "Anyone can write a report: rely on nothing here. cove verify checks signature, certificates and root.";
        Example("cove evidence show report.bin", "every field of the report, in the ABI's names");
        Example("cove evidence show - --json < evidence.json", "the same as JSON, hashes in full");
    }

    protected internal override async Task<Answer> Run(Invocation call, CancellationToken cancellation)
    {
        var path = call.Get(evidence);
        var given = EvidenceFile.Parse(await call.Read(path, EvidenceFile.MaximumSize, cancellation));
        var report = SnpReport.Parse(given.Report.Span);
        return Answer.Of(
            page =>
            {
                page.Line(page.Bad("not verified: anyone could have written this"));
                page.Line($"SEV-SNP report, with {Quantity.Of(given.Certificates.Count, "certificate")}{(given.RuntimeData is null ? "" : " and runtime data")}");
                SnpReportPage.Write(page, report);
                foreach (var certificate in given.Certificates) page.Line($"  certificate        {certificate.Subject}, until {certificate.NotAfter:yyyy-MM-dd}");
                page.Line($"next: cove verify {path}{(given.Certificates.Count == 0 ? " --certs FILE" : "")}");
            },
            writer =>
            {
                writer.WriteStartObject();
                writer.WriteBoolean("verified", false);
                writer.WriteString("type", "sevsnpvm");
                writer.WriteStartObject("report");
                foreach (var (field, value) in SnpReportPage.Fields(report)) writer.WriteString(field, value);
                writer.WriteEndObject();
                writer.WriteStartArray("certificates");
                foreach (var certificate in given.Certificates) writer.WriteStringValue(certificate.Subject.ToString());
                writer.WriteEndArray();
                writer.WriteEndObject();
            });
    }
}
