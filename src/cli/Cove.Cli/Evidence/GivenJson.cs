using System.Text.Json;
using Cove.Attestation.Maa;
using Cove.Attestation.OpenEnclave;
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
        if (Find(document.RootElement, "vcekCert") is not null) return new GivenCertificates(ThimCertification.Parse(utf8).Certificates);
        if (Find(document.RootElement, "report") is { } report)
            return OpenEnclaveReport.IsOne(report) ? new GivenQuote(QuoteRequest.ParseOpenEnclave(utf8).Evidence) : new GivenSnpReport(SevSnpVmRequest.Parse(utf8).Evidence);
        if (Find(document.RootElement, "quote") is { } quote)
            return new GivenQuote((IsAboutTrustDomain(quote) ? QuoteRequest.ParseTdxVm(utf8) : QuoteRequest.ParseSgxEnclave(utf8)).Evidence);
        throw new MalformedException(Format, "document", "has neither report, quote nor vcekCert: it is no request to an attestation service and no certificates of a host", 0);
    }

    // The service takes names in any case. Only what a member begins with is looked at here, to choose who reads the whole.
    private static byte[]? Find(JsonElement body, string name)
    {
        foreach (var member in body.EnumerateObject())
        {
            if (!member.Name.Equals(name, StringComparison.OrdinalIgnoreCase) || member.Value.ValueKind != JsonValueKind.String) continue;
            return Base64Url.TryDecode(member.Value.GetString()!.TrimEnd('='), out var bytes) ? bytes : [];
        }

        return null;
    }

    // The header's TEE_TYPE.
    private static bool IsAboutTrustDomain(byte[] quote) => quote is [_, _, _, _, 0x81, 0, 0, 0, ..];
}
