using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;
using Cove.Formats.Der;
using Cove.Formats.Jose;
using Cove.Outcomes;

namespace Cove.Attestation.Snp;

/// <summary>
/// The answer of Azure's trusted hardware identity service on a host, which a container group finds in base64 in the file
/// <c>host-amd-cert-base64</c> of its security context: the VCEK with its chain.
/// </summary>
/// <param name="Vcek">The endorsement key's certificate.</param>
/// <param name="Chain">The rest, ASK before ARK.</param>
/// <param name="Tcbm">REPORTED_TCB of the VCEK as 16 hex digits: most significant byte first (Azure) or in memory order.</param>
public sealed record ThimCertification(Certificate Vcek, IReadOnlyList<Certificate> Chain, string Tcbm)
{
    /// <summary>Largest document that is read, in bytes.</summary>
    public const int MaximumSize = 256 * 1024;

    private const string Format = "THIM certification";
    private static readonly JsonWriterOptions Plain = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>All certificates, the VCEK first.</summary>
    public IReadOnlyList<Certificate> Certificates => [Vcek, .. Chain];

    /// <summary>Parses the JSON document.</summary>
    /// <exception cref="MalformedException">It is not such a document, or a certificate in it is malformed.</exception>
    public static ThimCertification Parse(ReadOnlyMemory<byte> utf8)
    {
        using var document = StrictJson.ParseObject(utf8, Format, MaximumSize);
        var root = document.RootElement;
        var vcek = CertificatePem.Parse(StrictJson.RequiredString(root, "vcekCert", Format).AsSpan());
        if (vcek.Count != 1) throw new MalformedException(Format, "vcekCert", $"holds {vcek.Count} certificates, expected one");
        var tcbm = StrictJson.RequiredString(root, "tcbm", Format);
        if (tcbm.Length != 16 || !tcbm.All(char.IsAsciiHexDigit)) throw new MalformedException(Format, "tcbm", "is not 16 hex digits");
        return new ThimCertification(vcek[0], CertificatePem.Parse(StrictJson.RequiredString(root, "certificateChain", Format).AsSpan()), tcbm);
    }

    /// <summary>Writes the JSON document, UTF-8, as the service would answer.</summary>
    public byte[] ToJson()
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer, Plain))
        {
            json.WriteStartObject();
            json.WriteString("vcekCert", CertificatePem.Write([Vcek]));
            json.WriteString("tcbm", Tcbm);
            json.WriteString("certificateChain", CertificatePem.Write(Chain));
            json.WriteString("cacheControl", "86400");
            json.WriteEndObject();
        }

        return buffer.WrittenSpan.ToArray();
    }
}
