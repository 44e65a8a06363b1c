using System.Text.Json;
using Cove.Attestation;
using Cove.Attestation.Maa;
using Cove.Attestation.Snp;
using Cove.Formats.Der;
using Cove.Formats.Jose;

namespace Cove.Cli.Evidence;

/// <summary>
/// Evidence as users have it: an SNP report (binary, hex or base64), or the request that an attestation service takes
/// (<c>POST /attest/SevSnpVm</c>), which brings its certificates, its runtime data and the endorsements of its image along.
/// </summary>
internal static class EvidenceFile
{
    /// <summary>Largest file that is read, in bytes.</summary>
    public const int MaximumSize = SevSnpVmRequest.MaximumSize;

    /// <exception cref="Outcomes.MalformedException">It is none of these.</exception>
    public static SnpEvidence Parse(byte[] file)
    {
        if (file.AsSpan().TrimStart(" \t\r\n"u8) is not [(byte)'{', ..]) return new SnpEvidence(TextBytes.Decode(file), []);
        return SevSnpVmRequest.Parse(file).Evidence;
    }

    /// <summary>The request for an attestation service, as text.</summary>
    public static byte[] Write(SnpReport report, IEnumerable<Certificate> certificates, RuntimeData? runtimeData)
    {
        var inner = Json(writer =>
        {
            writer.WriteString("SnpReport", Base64Url.Encode(report.Bytes.Span));
            writer.WriteString("VcekCertChain", Base64Url.Encode(System.Text.Encoding.ASCII.GetBytes(CertificatePem.Write(certificates))));
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
