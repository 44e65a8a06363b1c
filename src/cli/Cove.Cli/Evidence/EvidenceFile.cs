using System.Text.Json;
using Cove.Attestation;
using Cove.Attestation.Snp;
using Cove.Formats.Der;
using Cove.Formats.Jose;
using Cove.Outcomes;

namespace Cove.Cli.Evidence;

/// <summary>
/// Evidence as users have it: an SNP report (binary, hex or base64), or the request that an attestation service takes
/// (<c>POST /attest/SevSnpVm</c>), which brings its certificates and its runtime data along.
/// </summary>
internal static class EvidenceFile
{
    /// <summary>Largest file that is read, in bytes.</summary>
    public const int MaximumSize = 4 * 1024 * 1024;

    private const string Format = "attestation request";

    /// <exception cref="MalformedException">It is none of these.</exception>
    public static SnpEvidence Parse(byte[] file)
    {
        if (file.AsSpan().TrimStart(" \t\r\n"u8) is not [(byte)'{', ..]) return new SnpEvidence(TextBytes.Decode(file), []);
        using var request = StrictJson.ParseObject(file, Format, MaximumSize);
        using var inner = StrictJson.ParseObject(Decode(request.RootElement, "report"), Format, MaximumSize);
        var chain = Decode(inner.RootElement, "VcekCertChain");
        return new SnpEvidence(Decode(inner.RootElement, "SnpReport"), chain.Length == 0 ? [] : CertificatePem.Parse(chain)) { RuntimeData = Data(request.RootElement) };
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

    private static RuntimeData? Data(JsonElement request)
    {
        if (!request.TryGetProperty("runtimeData", out var data) || data.ValueKind == JsonValueKind.Null) return null;
        if (data.ValueKind != JsonValueKind.Object) throw new MalformedException(Format, "runtimeData", "is not an object");
        var bytes = Decode(data, "data");
        if (bytes.Length == 0) return null;
        return StrictJson.RequiredString(data, "dataType", Format).ToUpperInvariant() switch
        {
            "JSON" => RuntimeData.OfJson(bytes),
            "BINARY" => RuntimeData.OfBinary(bytes),
            var other => throw new MalformedException(Format, "runtimeData.dataType", $"is {other}, expected JSON or Binary"),
        };
    }

    // Clients differ in whether they pad.
    private static byte[] Decode(JsonElement owner, string name) =>
        Base64Url.Decode(StrictJson.RequiredString(owner, name, Format).AsSpan().TrimEnd('='), Format, name);

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
