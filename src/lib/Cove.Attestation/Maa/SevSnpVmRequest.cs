using System.Text.Json;
using Cove.Formats.Der;
using Cove.Outcomes;

namespace Cove.Attestation.Maa;

/// <summary>The body of Microsoft Azure Attestation's <c>POST /attest/SevSnpVm</c>. Parsing verifies nothing.</summary>
/// <param name="Evidence">Report, certificates, endorsements, runtime and init-time data.</param>
/// <param name="Nonce">What the requester wants to find in its token; null where it gave nothing.</param>
/// <param name="DraftPolicy">A policy that is to be tried on this evidence; the token is unsecured then. Null where there is none.</param>
public sealed record SevSnpVmRequest(SnpEvidence Evidence, string? Nonce, string? DraftPolicy)
{
    /// <summary>Largest body that is read, in bytes.</summary>
    public const int MaximumSize = 1024 * 1024;

    /// <summary>Longest nonce, in characters.</summary>
    public const int MaximumNonceLength = RequestFields.MaximumNonceLength;

    private const string Format = "SevSnpVm request";
    private const int MaximumUvmEndorsements = 8;

    /// <summary>Parses a body.</summary>
    /// <exception cref="MalformedException">It is not one, or a certificate in it is malformed. The report is not looked into.</exception>
    public static SevSnpVmRequest Parse(ReadOnlyMemory<byte> utf8)
    {
        using var document = MaaJson.Parse(utf8, Format, MaximumSize);
        var body = document.RootElement;
        var evidence = ParseReport(MaaJson.Required(body, "report", Format)) with
        {
            RuntimeData = RequestFields.Data(body, "runtimeData", Format),
            InitTimeData = RequestFields.Data(body, "initTimeData", Format),
        };
        return new SevSnpVmRequest(evidence, RequestFields.Nonce(body, Format), RequestFields.Draft(body, Format));
    }

    private static SnpEvidence ParseReport(byte[] utf8)
    {
        using var document = MaaJson.Parse(utf8, Format, MaximumSize);
        var report = document.RootElement;
        // Absent certificates may come as collateral; a verifier that has none says so.
        IReadOnlyList<Certificate> certificates = MaaJson.Bytes(report, "VcekCertChain", Format) is { } chain ? CertificatePem.Parse(chain) : [];
        return new SnpEvidence(MaaJson.Required(report, "SnpReport", Format), certificates)
        {
            UvmEndorsements = MaaJson.Bytes(report, "Endorsements", Format) is { } endorsements ? ParseEndorsements(endorsements) : [],
        };
    }

    private static List<ReadOnlyMemory<byte>> ParseEndorsements(byte[] utf8)
    {
        using var document = MaaJson.Parse(utf8, Format, MaximumSize);
        if (MaaJson.Member(document.RootElement, "Uvm", Format) is not { } uvm) return [];
        if (uvm.ValueKind != JsonValueKind.Array) throw new MalformedException(Format, "Uvm", "is not an array");
        if (uvm.GetArrayLength() > MaximumUvmEndorsements) throw new MalformedException(Format, "Uvm", $"has more than {MaximumUvmEndorsements} entries");
        List<ReadOnlyMemory<byte>> endorsements = [];
        foreach (var entry in uvm.EnumerateArray())
        {
            if (entry.ValueKind != JsonValueKind.String) throw new MalformedException(Format, "Uvm", "has an entry that is not a string");
            endorsements.Add(MaaJson.Decode(entry.GetString()!, Format, "Uvm"));
        }

        return endorsements;
    }
}
