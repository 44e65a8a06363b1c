using System.Buffers;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Cove.Formats.Der;
using Cove.Formats.Jose;
using Cove.Outcomes;

namespace Cove.Attestation.Dcap;

/// <summary>The forms in which collateral is handed around.</summary>
internal static class DcapCollateralFormat
{
    private const string Format = "DCAP collateral";
    private const string Signature = "_signature";
    private static readonly JsonWriterOptions Plain = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static DcapCollateralParts Read(ReadOnlyMemory<byte> utf8)
    {
        using var document = StrictJson.ParseObject(utf8, Format, DcapCollateral.MaximumSize);
        Dictionary<string, ReadOnlyMemory<byte>> members = new(StringComparer.Ordinal);
        foreach (var member in document.RootElement.EnumerateObject())
        {
            if (member.Value.ValueKind == JsonValueKind.String) members.Add(member.Name, Encoding.UTF8.GetBytes(member.Value.GetString()!));
        }

        return Read(members);
    }

    public static DcapCollateralParts Read(IReadOnlyDictionary<string, ReadOnlyMemory<byte>> members)
    {
        if (members.Values.Sum(value => (long)value.Length) > DcapCollateral.MaximumSize)
            throw new MalformedException(Format, "length", $"is over {DcapCollateral.MaximumSize} bytes");
        return new DcapCollateralParts(
            Require(members, "pck_crl_issuer_chain"),
            ReadList(members, "root_ca_crl"),
            ReadList(members, "pck_crl"),
            Require(members, "tcb_info_issuer_chain"),
            ReadDocument(members, "tcb_info", "tcbInfo"),
            Require(members, "qe_identity_issuer_chain"),
            ReadDocument(members, "qe_identity", "enclaveIdentity"));
    }

    public static byte[] Write(DcapCollateralParts parts)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer, Plain))
        {
            json.WriteStartObject();
            json.WriteString("pck_crl_issuer_chain", parts.PckCrlIssuerChain.Span);
            json.WriteString("root_ca_crl", Convert.ToHexStringLower(parts.RootCaCrl.Span));
            json.WriteString("pck_crl", Convert.ToHexStringLower(parts.PckCrl.Span));
            json.WriteString("tcb_info_issuer_chain", parts.TcbInfoIssuerChain.Span);
            json.WriteString("tcb_info", parts.TcbInfo.Signed.Span);
            json.WriteString("tcb_info" + Signature, Convert.ToHexStringLower(parts.TcbInfo.Signature.Span));
            json.WriteString("qe_identity_issuer_chain", parts.QeIdentityIssuerChain.Span);
            json.WriteString("qe_identity", parts.QeIdentity.Signed.Span);
            json.WriteString("qe_identity" + Signature, Convert.ToHexStringLower(parts.QeIdentity.Signature.Span));
            json.WriteEndObject();
        }

        return buffer.WrittenSpan.ToArray();
    }

    /// <summary>The DER bytes of a list that is DER, PEM or hex.</summary>
    public static ReadOnlyMemory<byte> ReadList(ReadOnlyMemory<byte> list, string name)
    {
        const byte derSequence = 0x30;
        const byte pemDash = (byte)'-';
        if (list.Length == 0) throw new MalformedException(Format, name, "is empty");
        // In hex the sequence begins with the digit 3, not with the byte 0x30.
        if (list.Span[0] == derSequence) return list;
        if (list.Span[0] == pemDash) return CertificateRevocationList.ParsePem(Encoding.Latin1.GetString(list.Span)).Der;
        var text = Encoding.Latin1.GetString(list.Span).AsSpan().Trim();
        var der = new byte[text.Length / 2];
        return text.Length % 2 == 0 && Convert.FromHexString(text, der, out _, out _) == OperationStatus.Done
            ? der
            : throw new MalformedException(Format, name, "is neither DER, PEM nor hex");
    }

    private static ReadOnlyMemory<byte> ReadList(IReadOnlyDictionary<string, ReadOnlyMemory<byte>> members, string name) =>
        ReadList(Require(members, name), name);

    // With its signature apart it is the inner object; without, the service's whole answer.
    private static SignedDocument ReadDocument(IReadOnlyDictionary<string, ReadOnlyMemory<byte>> members, string name, string inner) =>
        members.TryGetValue(name + Signature, out var signature)
            ? SignedDocument.Of(Require(members, name), Encoding.Latin1.GetString(signature.Span).Trim(), Format)
            : SignedDocument.Parse(Require(members, name), inner, Format);

    private static ReadOnlyMemory<byte> Require(IReadOnlyDictionary<string, ReadOnlyMemory<byte>> members, string name) =>
        members.TryGetValue(name, out var value) ? value : throw new MalformedException(Format, name, "is missing");
}
