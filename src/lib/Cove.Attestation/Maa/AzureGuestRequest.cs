using System.Text.Json;
using Cove.Attestation.Azure;
using Cove.Attestation.Tpm;
using Cove.Formats.Der;
using Cove.Outcomes;

namespace Cove.Attestation.Maa;

/// <summary>
/// The body of Microsoft Azure Attestation's <c>POST /attest/AzureGuest</c>, by which an Azure confidential VM attests itself (protocol 2.0).
/// Parsing verifies nothing. What a client says of its operating system, and its boot log, are left aside: nothing in the evidence proves the one,
/// and the other is not replayed.
/// </summary>
/// <param name="Evidence">Hardware evidence, the TPM's quote, and the key for the answer.</param>
public sealed record AzureGuestRequest(AzureGuestEvidence Evidence)
{
    /// <summary>Largest body that is read, in bytes; most of one is the boot log.</summary>
    public const int MaximumSize = 4 * 1024 * 1024;

    private const string Format = "AzureGuest request";
    private const string ProtocolVersion = "2.0";

    /// <summary>Parses a body.</summary>
    /// <exception cref="MalformedException">It is not one, or a structure in it cannot be read.</exception>
    public static AzureGuestRequest Parse(ReadOnlyMemory<byte> utf8)
    {
        using var body = MaaJson.Parse(utf8, Format, MaximumSize);
        using var document = MaaJson.Parse(MaaJson.Required(body.RootElement, "AttestationInfo", Format), Format, MaximumSize);
        var info = document.RootElement;
        var version = MaaJson.Text(info, "AttestationProtocolVersion", Format);
        if (version != ProtocolVersion) throw new MalformedException(Format, "AttestationProtocolVersion", $"is {version ?? "missing"}, expected {ProtocolVersion}");
        var tpm = Object(info, "TpmInfo");
        var quote = TpmQuote.Parse(Bytes(tpm, "PcrQuote"), Bytes(tpm, "PcrSignature"), Pcrs(tpm));
        var key = TpmCertification.Parse(Bytes(tpm, "EncKeyCertifyInfo"), Bytes(tpm, "EncKeyCertifyInfoSignature"), TpmPublicKey.Parse(Bytes(tpm, "EncKeyPub")));
        var attestationKey = TpmPublicKey.Parse(Bytes(tpm, "AikPub")).Key;
        var evidence = Hardware(Object(info, "IsolationInfo"), quote);
        if (!evidence.Report.AttestationKey.Thumbprint().AsSpan().SequenceEqual(attestationKey.Thumbprint()))
            throw new MalformedException(Format, "AikPub", "is another key than that of the runtime data");
        return new AzureGuestRequest(evidence with { CertifiedKey = key, ClientPayload = Payload(info) });
    }

    private static AzureGuestEvidence Hardware(JsonElement isolation, TpmQuote quote)
    {
        var type = MaaJson.Text(isolation, "Type", Format);
        var evidence = Object(isolation, "Evidence");
        var claims = RuntimeData.OfJson(Bytes(evidence, "RunTimeData"));
        var proof = Bytes(evidence, "Proof");
        switch (type)
        {
            case "SevSnp":
                using (var document = MaaJson.Parse(proof, Format, MaximumSize))
                {
                    IReadOnlyList<Certificate> certificates = MaaJson.Bytes(document.RootElement, "VcekCertChain", Format) is { } chain ? CertificatePem.Parse(chain) : [];
                    return AzureGuestEvidence.OfSnp(HclReport.Of(HclHardware.Snp, MaaJson.Required(document.RootElement, "SnpReport", Format), claims), quote, certificates);
                }

            case "Tdx":
                return AzureGuestEvidence.OfTdx(HclReport.Of(HclHardware.Tdx, [], claims), quote, proof);
            default:
                throw new MalformedException(Format, "Type", $"is {type ?? "missing"}, expected SevSnp or Tdx: a VM without confidential hardware has no evidence of it");
        }
    }

    // By their numbers; those that are not given are empty, and missed where the quote selects them.
    private static ReadOnlyMemory<byte>[] Pcrs(JsonElement tpm)
    {
        if (MaaJson.Member(tpm, "PCRs", Format) is not { ValueKind: JsonValueKind.Array } given) throw new MalformedException(Format, "PCRs", "is missing or not an array");
        var values = new ReadOnlyMemory<byte>[TpmQuote.PcrCount];
        foreach (var pcr in given.EnumerateArray())
        {
            if (pcr.ValueKind != JsonValueKind.Object || MaaJson.Member(pcr, "Index", Format) is not { ValueKind: JsonValueKind.Number } number || !number.TryGetInt32(out var index) || index is < 0 or >= TpmQuote.PcrCount)
                throw new MalformedException(Format, "PCRs", $"has an entry without an Index below {TpmQuote.PcrCount}");
            if (!values[index].IsEmpty) throw new MalformedException(Format, $"PCR {index}", "is there twice");
            values[index] = Bytes(pcr, "Digest");
        }

        return values;
    }

    // What the client wants to find in its token; each value is base64 and stays so.
    private static JsonElement? Payload(JsonElement info)
    {
        if (MaaJson.Member(info, "ClientPayload", Format) is not { } payload) return null;
        if (payload.ValueKind != JsonValueKind.Object) throw new MalformedException(Format, "ClientPayload", "is not an object");
        return payload.EnumerateObject().All(member => member.Value.ValueKind == JsonValueKind.String)
            ? payload.Clone()
            : throw new MalformedException(Format, "ClientPayload", "has a member that is not a string");
    }

    private static JsonElement Object(JsonElement owner, string name) =>
        MaaJson.Member(owner, name, Format) is { ValueKind: JsonValueKind.Object } found ? found : throw new MalformedException(Format, name, "is missing or not an object");

    private static byte[] Bytes(JsonElement owner, string name) =>
        MaaJson.Text(owner, name, Format) is { Length: > 0 } text ? MaaJson.DecodeEither(text, Format, name) : throw new MalformedException(Format, name, "is missing or empty");
}
