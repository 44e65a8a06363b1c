using Cove.Attestation.Maa;
using Cove.Attestation.Snp;
using Cove.Formats.Jose;
using Cove.Outcomes;

namespace Cove.Cli.Evidence;

/// <summary>The JSON documents that bring evidence: requests to an attestation service, and the certificates of Azure's hosts.</summary>
internal static class GivenJson
{
    private const string Format = "evidence";

    /// <exception cref="MalformedException">It is none of them.</exception>
    public static Given Read(byte[] utf8)
    {
        using var document = StrictJson.ParseObject(utf8, Format, GivenFile.MaximumSize);
        var names = document.RootElement.EnumerateObject().Select(member => member.Name).ToHashSet(StringComparer.OrdinalIgnoreCase);
        if (names.Contains("vcekCert")) return new GivenCertificates(ThimCertification.Parse(utf8).Certificates);
        if (names.Contains("report")) return new GivenSnpReport(SevSnpVmRequest.Parse(utf8).Evidence);
        throw new MalformedException(Format, "document", "has neither report, quote nor vcekCert: it is no request to an attestation service and no certificates of a host", 0);
    }
}
