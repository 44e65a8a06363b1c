using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Cove.Sidecar.CommandLine;
using Cove.Sidecar.Http;
using Cove.Sidecar.Uvm;

namespace Cove.Sidecar.Certificates;

/// <summary>Fetches the certificates of this chip at its present TCB from the one service that is configured.</summary>
internal sealed class CertificateFetcher(CertificateCacheSettings settings, Outbound outbound, TimeProvider time)
{
    private const int AnswerLimit = 1024 * 1024;
    private const string DefaultThim = "169.254.169.254/metadata/THIM/amd/certification";

    /// <summary>Certificates for the chip and the TCB of this report.</summary>
    /// <exception cref="SkrFailureException">No service is configured, or it has none.</exception>
    public async Task<FetchedCertificates> FetchAsync(ReadOnlyMemory<byte> report, CancellationToken cancellation)
    {
        if (settings.Endpoint.Length == 0)
            throw new SkrFailureException("failed to retrieve cert chain: certificate endpoint not set");
        var chip = ChipTcb.ChipIdOf(report.Span);
        var tcb = ChipTcb.OfReport(report.Span);
        return settings.EndpointType switch
        {
            "AMD" => await FetchFromAmdAsync(chip, tcb, cancellation),
            "AzCache" => await FetchFromAzureCacheAsync(chip, tcb, cancellation),
            "LocalTHIM" => Fetched(await FetchThimAsync(settings.Endpoint, cancellation)),
            var other => throw new SkrFailureException($"invalid endpoint type: {other}"),
        };
    }

    /// <summary>The certificates that the host's cache offers every machine, whatever is configured.</summary>
    public Task<ThimCertificates> FetchThimAsync(CancellationToken cancellation) => FetchThimAsync(DefaultThim, cancellation);

    private async Task<ThimCertificates> FetchThimAsync(string endpoint, CancellationToken cancellation)
    {
        var url = $"http://{endpoint}";
        try
        {
            return ThimCertificates.Parse(await GetAsync(url, cancellation, forMetadata: true));
        }
        catch (SkrFailureException e)
        {
            throw new SkrFailureException("certcache failed to get local certs", e);
        }
    }

    private async Task<FetchedCertificates> FetchFromAmdAsync(string chip, ChipTcb tcb, CancellationToken cancellation)
    {
        var product = $"https://{settings.Endpoint}/{Or(settings.TeeType, "Milan")}";
        var url = $"{product}/{chip}?ucodeSPL={tcb.Microcode}&snpSPL={tcb.Snp}&teeSPL={tcb.Tee}&blSPL={tcb.BootLoader}";
        try
        {
            var vcek = await GetAsync(url, cancellation);
            url = $"{product}/cert_chain";
            var chain = await GetAsync(url, cancellation);
            return new FetchedCertificates([.. ToPem(vcek), .. chain], tcb);
        }
        catch (SkrFailureException e)
        {
            throw new SkrFailureException($"pulling AMD cert chain response from URL '{url}' failed", e);
        }
    }

    private async Task<FetchedCertificates> FetchFromAzureCacheAsync(string chip, ChipTcb tcb, CancellationToken cancellation)
    {
        var url = $"https://{settings.Endpoint}/{Or(settings.TeeType, "SevSnpVM")}/certificates/{chip}/{tcb.Value:x}" +
            $"?{Or(settings.ApiVersion, "api-version=2020-10-15-preview")}";
        if (settings.ClientId.Length > 0) url += $"&{settings.ClientId}";
        byte[] chain;
        try
        {
            chain = await GetAsync(url, cancellation);
        }
        catch (SkrFailureException e)
        {
            throw new SkrFailureException($"pulling certchain response from AzCache URL '{url}' failed", e);
        }

        try
        {
            using var vcek = X509Certificate2.CreateFromPem(Encoding.ASCII.GetString(chain));
            return new FetchedCertificates(chain, ChipTcb.OfVcek(vcek));
        }
        catch (Exception e) when (e is CryptographicException or SkrFailureException)
        {
            throw new SkrFailureException("AzCache failed to parse VCEK from cert chain", e);
        }
    }

    private Task<byte[]> GetAsync(string url, CancellationToken cancellation, bool forMetadata = false) =>
        Retry.GetAsync(outbound, () => Request(url, forMetadata), AnswerLimit, Retry.CertificatePauses(), time, cancellation);

    private static HttpRequestMessage Request(string url, bool forMetadata)
    {
        var request = new HttpRequestMessage(HttpMethod.Get, new Uri(url, UriKind.Absolute));
        if (forMetadata) request.Headers.Add("Metadata", "true");
        return request;
    }

    private static FetchedCertificates Fetched(ThimCertificates certificates) => new(certificates.PemBytes(), new ChipTcb(certificates.TcbValue()));

    private static byte[] ToPem(byte[] der) => Encoding.ASCII.GetBytes(PemEncoding.WriteString("CERTIFICATE", der) + "\n");

    private static string Or(string value, string otherwise) => value.Length > 0 ? value : otherwise;
}
