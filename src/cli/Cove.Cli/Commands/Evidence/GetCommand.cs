using System.CommandLine;
using System.Text;
using System.Text.Json;
using Cove.Attestation;
using Cove.Cli.Evidence;
using Cove.Cli.Groups;
using Cove.Protocol.Launch;

namespace Cove.Cli.Commands.Evidence;

internal sealed class GetCommand : CoveCommand
{
    private readonly Argument<string> group = new("group") { Description = "a running group" };
    private readonly Option<string?> reportData = new("--report-data") { HelpName = "hex", Description = "bind this, at most 64 bytes, into the report: a nonce shows that it is fresh" };
    private readonly Option<string?> output = new("--output", "-o") { HelpName = "file", Description = "write the evidence to a file" };

    public GetCommand()
        : base("get", "get evidence about a running group: a report of its simulated processor, with its certificates")
    {
        Add(group);
        Add(reportData);
        Add(output);
        Details = "The answer is the request that an attestation service takes (POST /attest/SevSnpVm), and that cove verify reads. Only a simulated processor answers its host; "
            + "on hardware the guest alone gets reports, and its sidecar gives them (POST /attest/raw).";
        Example("cove evidence get web -o evidence.json", "then: cove verify evidence.json --development-root $COVE_HOME/processor/root.pem");
        Example("cove evidence get web --report-data 00112233", "fresh evidence over a nonce");
    }

    protected internal override async Task<Answer> Run(Invocation call, CancellationToken cancellation)
    {
        var known = KnownGroup.Find(call.Home, call.Get(group));
        var data = Data(call.Get(reportData));
        var report = await SimulatedEvidence.Ask(Path.Combine(known.Folder, GroupState.ProcessorSocketName), data, cancellation);
        var document = EvidenceFile.Write(report, await SimulatedEvidence.Certificates(call.Home.Processor, cancellation), null);
        if (call.Get(output) is not { } file) return Answer.Of(page => page.Document(Encoding.ASCII.GetString(document) + "\n"), writer => WriteJson(writer, document));
        await File.WriteAllBytesAsync(call.FullPath(file), document, cancellation);
        return Answer.Of(
            page =>
            {
                page.Line($"wrote evidence of group {known.State.Group} to {file}: a SIMULATED processor, which protects nothing");
                page.Line($"next: cove verify {file} --development-root {Path.Combine(call.Home.Processor, "root.pem")}");
            },
            writer =>
            {
                writer.WriteStartObject();
                writer.WriteString("file", file);
                writer.WriteEndObject();
            });
    }

    private static void WriteJson(Utf8JsonWriter writer, byte[] document)
    {
        using var parsed = JsonDocument.Parse(document);
        parsed.RootElement.WriteTo(writer);
    }

    private static byte[] Data(string? hex)
    {
        var data = new byte[ReportData.Size];
        if (hex is null) return data;
        if (hex.Length % 2 != 0 || hex.Length > data.Length * 2 || !hex.All(char.IsAsciiHexDigit))
            throw CommandFailedException.Usage("hex-invalid", $"is not at most {data.Length * 2} hex digits, --report-data {hex}");
        Convert.FromHexString(hex).CopyTo(data, 0);
        return data;
    }
}
