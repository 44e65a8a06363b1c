using System.Text;
using System.Text.Json;
using Cove.Attestation;
using Cove.Attestation.Snp;
using Cove.Formats.Der;
using Cove.Formats.Jose;

namespace Cove.Cli.Evidence;

/// <summary>Writes evidence as the request that an attestation service takes, and <see cref="GivenFile"/> reads.</summary>
internal static class EvidenceFile
{
    /// <summary>The request for an attestation service, as text.</summary>
    public static byte[] Write(SnpReport report, IEnumerable<Certificate> certificates, RuntimeData? runtimeData)
    {
        var inner = Json(writer =>
        {
            writer.WriteString("SnpReport", Base64Url.Encode(report.Bytes.Span));
            writer.WriteString("VcekCertChain", Base64Url.Encode(Encoding.ASCII.GetBytes(CertificatePem.Write(certificates))));
        }, indented: false);
        return Json(writer =>
        {
            writer.WriteString("report", Base64Url.Encode(inner));
            if (runtimeData is null) return;
            writer.WriteStartObject("runtimeData");
            writer.WriteString("data", Base64Url.Encode(runtimeData.Bytes.Span));
            writer.WriteString("dataType", runtimeData.Json is null ? "Binary" : "JSON");
            writer.WriteEndObject();
        }, indented: true);
    }

    private static byte[] Json(Action<Utf8JsonWriter> members, bool indented)
    {
        using var bytes = new MemoryStream();
        using (var writer = new Utf8JsonWriter(bytes, new JsonWriterOptions { Indented = indented, NewLine = "\n" }))
        {
            writer.WriteStartObject();
            members(writer);
            writer.WriteEndObject();
        }

        return bytes.ToArray();
    }
}
