using System.Buffers;
using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text.Json;

namespace Cove.Sidecar.Attest;

/// <summary>
/// The body that the attestation service's SevSnpVm route takes (api-version 2020-10-01): base64url with padding at every level, so
/// that the report within is encoded twice.
/// </summary>
internal static class AttestationRequest
{
    public static byte[] Write(Collateral collateral, ReadOnlyMemory<byte> runtimeData)
    {
        var output = new ArrayBufferWriter<byte>(64 * 1024);
        using (var writer = new Utf8JsonWriter(output))
        {
            writer.WriteStartObject();
            writer.WriteString("report", Padded(Evidence(collateral)));
            writer.WriteStartObject("runtimeData");
            writer.WriteString("data", Padded(runtimeData.Span));
            writer.WriteString("dataType", "JSON");
            writer.WriteEndObject();
            writer.WriteStartObject("initTimeData");
            writer.WriteString("data", string.Empty);
            writer.WriteString("dataType", string.Empty);
            writer.WriteEndObject();
            writer.WriteNumber("nonce", BinaryPrimitives.ReadUInt64LittleEndian(RandomNumberGenerator.GetBytes(sizeof(ulong))));
            writer.WriteEndObject();
        }

        return output.WrittenSpan.ToArray();
    }

    private static byte[] Evidence(Collateral collateral)
    {
        var output = new ArrayBufferWriter<byte>(32 * 1024);
        using (var writer = new Utf8JsonWriter(output))
        {
            writer.WriteStartObject();
            writer.WriteString("SnpReport", Padded(collateral.Report.Span));
            writer.WriteString("VcekCertChain", Padded(collateral.CertificatesPem));
            if (collateral.Endorsement.Length > 0) writer.WriteString("Endorsements", Padded(Endorsements(collateral.Endorsement)));
            writer.WriteEndObject();
        }

        return output.WrittenSpan.ToArray();
    }

    private static byte[] Endorsements(byte[] endorsement)
    {
        var output = new ArrayBufferWriter<byte>(16 * 1024);
        using (var writer = new Utf8JsonWriter(output))
        {
            writer.WriteStartObject();
            writer.WriteStartArray("Uvm");
            writer.WriteStringValue(Padded(endorsement));
            writer.WriteEndArray();
            writer.WriteEndObject();
        }

        return output.WrittenSpan.ToArray();
    }

    private static string Padded(ReadOnlySpan<byte> bytes) => Convert.ToBase64String(bytes).Replace('+', '-').Replace('/', '_');
}
