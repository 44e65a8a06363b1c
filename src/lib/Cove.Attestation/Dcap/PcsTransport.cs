using System.Globalization;
using System.Net;
using System.Text;
using Cove.Formats.Der;
using Cove.Outcomes;

namespace Cove.Attestation.Dcap;

/// <summary>Asks the service for the parts of collateral (PCS API v4). The chains that sign them come in headers, URL-encoded.</summary>
internal sealed class PcsTransport(HttpClient http, PcsService service, TimeProvider time)
{
    private const int Attempts = 4;
    private const int MaximumAnswer = CertificateRevocationList.MaximumSize;
    private static readonly TimeSpan FirstPause = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(30);

    /// <exception cref="UnavailableException">The service does not answer, or does not have one of the parts.</exception>
    public async Task<DcapCollateralParts> FetchAsync(QuoteTee tee, PckCertificate pck)
    {
        var kind = tee == QuoteTee.Tdx ? "tdx" : "sgx";
        var (tcb, tcbChain) = await GetAsync(new Uri(service.Address, $"{kind}/certification/v4/tcb?fmspc={Convert.ToHexStringLower(pck.Fmspc.Span)}"), "TCB-Info-Issuer-Chain");
        var (qe, qeChain) = await GetAsync(new Uri(service.Address, $"{kind}/certification/v4/qe/identity"), "SGX-Enclave-Identity-Issuer-Chain");
        var (list, listChain) = await GetAsync(new Uri(service.Address, $"sgx/certification/v4/pckcrl?ca={pck.AuthorityName}&encoding=der"), "SGX-PCK-CRL-Issuer-Chain");
        var (rootList, _) = await GetAsync(service.RootCrl, header: null);
        try
        {
            return new DcapCollateralParts(
                listChain,
                DcapCollateralFormat.ReadList(rootList, "root_ca_crl"),
                DcapCollateralFormat.ReadList(list, "pck_crl"),
                tcbChain,
                SignedDocument.Parse(tcb, "tcbInfo", "TCB info"),
                qeChain,
                SignedDocument.Parse(qe, "enclaveIdentity", "QE identity"));
        }
        catch (MalformedException malformed)
        {
            throw new UnavailableException(service.Address.ToString(), $"its answer is malformed ({malformed.Message})", malformed);
        }
    }

    private async Task<(byte[] Body, byte[] Chain)> GetAsync(Uri uri, string? header)
    {
        var pause = FirstPause;
        for (var attempt = 1; ; attempt++)
        {
            var (body, chain, why, retryAfter) = await TryAsync(uri, header);
            if (body is not null) return (body, chain);
            if (attempt == Attempts || retryAfter > LongestPause) throw new UnavailableException(uri.GetLeftPart(UriPartial.Path), why);
            await Task.Delay(retryAfter ?? pause, time);
            pause *= 2;
        }
    }

    private async Task<(byte[]? Body, byte[] Chain, string Why, TimeSpan? RetryAfter)> TryAsync(Uri uri, string? header)
    {
        try
        {
            using var message = new HttpRequestMessage(HttpMethod.Get, uri);
            using var response = await http.SendAsync(message, HttpCompletionOption.ResponseHeadersRead);
            var status = string.Create(CultureInfo.InvariantCulture, $"it answers {(int)response.StatusCode}");
            if (response.StatusCode is HttpStatusCode.TooManyRequests or HttpStatusCode.RequestTimeout || (int)response.StatusCode >= 500)
                return (null, [], status, response.Headers.RetryAfter?.Delta);
            if (response.StatusCode != HttpStatusCode.OK) throw new UnavailableException(uri.GetLeftPart(UriPartial.Path), status);
            var chain = header is null ? [] : Chain(response, header) ?? throw new UnavailableException(uri.GetLeftPart(UriPartial.Path), $"its answer has no header {header}");
            return (await ReadAsync(uri, response.Content), chain, "", null);
        }
        catch (Exception e) when (e is HttpRequestException or IOException or OperationCanceledException)
        {
            return (null, [], e.Message, null);
        }
    }

    private static byte[]? Chain(HttpResponseMessage response, string header) =>
        response.Headers.TryGetValues(header, out var values) ? Encoding.ASCII.GetBytes(Uri.UnescapeDataString(values.First())) : null;

    private static async Task<byte[]> ReadAsync(Uri uri, HttpContent content)
    {
        if (content.Headers.ContentLength > MaximumAnswer) throw TooLong(uri);
        await using var stream = await content.ReadAsStreamAsync();
        using var body = new MemoryStream();
        var buffer = new byte[16 * 1024];
        while (await stream.ReadAsync(buffer) is > 0 and var read)
        {
            if (body.Length + read > MaximumAnswer) throw TooLong(uri);
            body.Write(buffer, 0, read);
        }

        return body.ToArray();
    }

    private static UnavailableException TooLong(Uri uri) => new(uri.GetLeftPart(UriPartial.Path), $"its answer is over {MaximumAnswer} bytes");
}
