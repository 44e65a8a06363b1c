using System.Net.Http.Headers;
using System.Text.Json;
using Cove.Sidecar.GoText;
using Cove.Sidecar.Http;

namespace Cove.Sidecar.Attest;

/// <summary>Gets an attestation token from the service that the caller names, which checks the evidence; here nothing is decided.</summary>
internal sealed class AttestationClient(EvidenceCollector collector, Outbound outbound, string userAgent)
{
    /// <summary>What the service is told is asking, where nothing else is configured.</summary>
    public const string DefaultUserAgent = "ConfidentialSkrContainer";

    private const int AnswerLimit = 1024 * 1024;

    /// <summary>A token over fresh evidence that binds this runtime data.</summary>
    /// <exception cref="SkrFailureException">There is no evidence, or the service gave no token for it.</exception>
    public async Task<string> GetTokenAsync(string endpoint, ReadOnlyMemory<byte> runtimeData, CancellationToken cancellation)
    {
        var collateral = await collector.CollectAsync(runtimeData, cancellation);
        try
        {
            return Token(await PostAsync(ServiceEndpoint.Parse(endpoint), AttestationRequest.Write(collateral, runtimeData), cancellation));
        }
        catch (SkrFailureException e)
        {
            throw new SkrFailureException("Retrieving MAA token from MAA endpoint failed", e);
        }
    }

    private async Task<byte[]> PostAsync(ServiceEndpoint endpoint, byte[] body, CancellationToken cancellation)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, endpoint.At("/attest/SevSnpVM?api-version=2020-10-01"))
        {
            Content = new ByteArrayContent(body) { Headers = { ContentType = new MediaTypeHeaderValue("application/json") } },
        };
        request.Headers.TryAddWithoutValidation("User-Agent", userAgent);
        HttpAnswer answer;
        try
        {
            answer = await outbound.SendAsync(request, AnswerLimit, cancellation);
        }
        catch (SkrFailureException e)
        {
            throw new SkrFailureException("maa post request failed", e);
        }

        try
        {
            return answer.Successful();
        }
        catch (SkrFailureException e)
        {
            throw new SkrFailureException("pulling maa post response failed", e);
        }
    }

    private static string Token(byte[] body)
    {
        try
        {
            using var document = JsonDocument.Parse(body);
            return document.RootElement.Text("token") is { Length: > 0 } token
                ? token
                : throw new SkrFailureException("empty token string in maa response");
        }
        catch (JsonException e)
        {
            throw new SkrFailureException("unmarshalling maa http response body failed", e);
        }
    }
}
