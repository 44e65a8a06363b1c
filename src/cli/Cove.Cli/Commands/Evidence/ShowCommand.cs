using System.CommandLine;
using Cove.Cli.Evidence;
using Cove.Cli.Output;
using Cove.Cli.Shell;

namespace Cove.Cli.Commands.Evidence;

internal sealed class ShowCommand : CoveCommand
{
    private readonly Argument<string> evidence = new("evidence") { Description = "whatever cove verify takes: reports, quotes, endorsements, requests, certificates; - is standard input" };

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
        var given = GivenFile.Read(await call.Read(path, GivenFile.MaximumSize, cancellation));
        var fields = given.Fields().ToArray();
        return Answer.Of(
            page =>
            {
                page.Line(page.Bad("not verified: anyone could have written this"));
                page.Line($"{given.Name}, with {Quantity.Of(given.Certificates.Count, "certificate")}");
                var column = fields.Max(field => field.Field.Length);
                foreach (var (field, value) in fields) page.Line($"  {field.PadRight(column)}  {value}");
                foreach (var certificate in given.Certificates) page.Line($"  {"certificate".PadRight(column)}  {certificate.Subject}, until {certificate.NotAfter:yyyy-MM-dd}");
                page.Line($"next: cove verify {path}");
            },
            writer =>
            {
                writer.WriteStartObject();
                writer.WriteBoolean("verified", false);
                writer.WriteString("type", given.Type);
                writer.WriteStartObject("report");
                foreach (var (field, value) in fields) writer.WriteString(field, value);
                writer.WriteEndObject();
                writer.WriteStartArray("certificates");
                foreach (var certificate in given.Certificates) writer.WriteStringValue(certificate.Subject.ToString());
                writer.WriteEndArray();
                writer.WriteEndObject();
            });
    }
}
