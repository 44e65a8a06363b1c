using System.Buffers.Binary;
using Cove.Attestation.Sgx;
using Cove.Formats.Jose;
using Cove.Outcomes;

namespace Cove.Attestation.Dcap;

/// <summary>Intel's identity of a quoting enclave (PCS API v4, enclave identity, version 2). Parsing does not verify its signature.</summary>
public sealed record QeIdentity
{
    private const string Format = "QE identity";
    private const int AttributesSize = 16;
    private const int MiscSelectSize = 4;
    private const int SignerSize = 32;

    private QeIdentity(SignedDocument document) => Document = document;

    /// <summary>For which kind of TEE the enclave quotes.</summary>
    public required QuoteTee Tee { get; init; }

    /// <summary>First instant at which it holds.</summary>
    public required DateTimeOffset IssueDate { get; init; }

    /// <summary>Last instant at which it holds.</summary>
    public required DateTimeOffset NextUpdate { get; init; }

    /// <summary>tcbEvaluationDataNumber: how recent Intel's judgement is.</summary>
    public required int EvaluationDataNumber { get; init; }

    /// <summary>MISCSELECT, where <see cref="MiscSelectMask"/> is set.</summary>
    public required uint MiscSelect { get; init; }

    /// <summary>Which bits of MISCSELECT count.</summary>
    public required uint MiscSelectMask { get; init; }

    /// <summary>ATTRIBUTES, 16 bytes, where <see cref="AttributesMask"/> is set.</summary>
    public required ReadOnlyMemory<byte> Attributes { get; init; }

    /// <summary>Which bits of ATTRIBUTES count.</summary>
    public required ReadOnlyMemory<byte> AttributesMask { get; init; }

    /// <summary>MRSIGNER, 32 bytes.</summary>
    public required ReadOnlyMemory<byte> MrSigner { get; init; }

    /// <summary>ISVPRODID.</summary>
    public required ushort IsvProdId { get; init; }

    /// <summary>The levels, highest first.</summary>
    public required IReadOnlyList<IsvTcbLevel> Levels { get; init; }

    internal SignedDocument Document { get; }

    /// <summary>Parses a document as the service delivers it: <c>{"enclaveIdentity":{…},"signature":"…"}</c>.</summary>
    /// <exception cref="MalformedException">It is not the identity of a quoting enclave in version 2.</exception>
    public static QeIdentity Parse(ReadOnlyMemory<byte> utf8) => Read(SignedDocument.Parse(utf8, "enclaveIdentity", Format));

    internal static QeIdentity Read(SignedDocument document)
    {
        using var json = StrictJson.ParseObject(document.Signed, Format, SignedDocument.MaximumSize);
        var identity = json.RootElement;
        var version = DcapJson.Number(identity, "version", int.MaxValue, Format);
        if (version != 2) throw new MalformedException(Format, "version", $"is {version}, expected 2");
        return new QeIdentity(document)
        {
            Tee = TeeOf(StrictJson.RequiredString(identity, "id", Format)),
            IssueDate = DcapJson.Time(identity, "issueDate", Format),
            NextUpdate = DcapJson.Time(identity, "nextUpdate", Format),
            EvaluationDataNumber = DcapJson.Number(identity, "tcbEvaluationDataNumber", int.MaxValue, Format),
            MiscSelect = BinaryPrimitives.ReadUInt32LittleEndian(DcapJson.Hex(identity, "miscselect", MiscSelectSize, Format)),
            MiscSelectMask = BinaryPrimitives.ReadUInt32LittleEndian(DcapJson.Hex(identity, "miscselectMask", MiscSelectSize, Format)),
            Attributes = DcapJson.Hex(identity, "attributes", AttributesSize, Format),
            AttributesMask = DcapJson.Hex(identity, "attributesMask", AttributesSize, Format),
            MrSigner = DcapJson.Hex(identity, "mrsigner", SignerSize, Format),
            IsvProdId = (ushort)DcapJson.Number(identity, "isvprodid", ushort.MaxValue, Format),
            Levels = DcapJson.List(identity, "tcbLevels", required: true, Format, level => IsvTcbLevel.Read(level, Format)),
        };
    }

    /// <summary>Every reason why a quoting enclave's report is not of this identity.</summary>
    internal void Check(SgxReportBody report, List<Finding> findings)
    {
        if (!report.MrSigner.SequenceEqual(MrSigner.Span))
            Mismatch("MRSIGNER", Convert.ToHexStringLower(MrSigner.Span), Convert.ToHexStringLower(report.MrSigner), findings);
        if (report.IsvProdId != IsvProdId) Mismatch("ISVPRODID", $"{IsvProdId}", $"{report.IsvProdId}", findings);
        if ((report.MiscSelect & MiscSelectMask) != MiscSelect) Mismatch("MISCSELECT", $"0x{MiscSelect:x}", $"0x{report.MiscSelect:x}", findings);
        for (var i = 0; i < AttributesSize; i++)
        {
            if ((report.AttributeBytes[i] & AttributesMask.Span[i]) == Attributes.Span[i]) continue;
            Mismatch("ATTRIBUTES", Convert.ToHexStringLower(Attributes.Span), Convert.ToHexStringLower(report.AttributeBytes), findings);
            return;
        }
    }

    private static void Mismatch(string field, string expected, string actual, List<Finding> findings) =>
        findings.Add(new("qe-identity-mismatch", "QE report " + field, expected, actual, DcapSections.QeIdentity));

    // The quote verification enclave (QVE) has such an identity as well, and quotes nothing.
    private static QuoteTee TeeOf(string id) => id switch
    {
        "QE" => QuoteTee.Sgx,
        "TD_QE" => QuoteTee.Tdx,
        _ => throw new MalformedException(Format, "id", $"is \"{id}\", expected QE or TD_QE"),
    };
}
