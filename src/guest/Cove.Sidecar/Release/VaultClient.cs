using System.Net.Http.Headers;
using System.Text.Json;
using Cove.Keys.Vault;
using Cove.Sidecar.GoText;
using Cove.Sidecar.Http;

namespace Cove.Sidecar.Release;

/// <summary>Asks a vault to release a key to the bearer of an attestation token.</summary>
internal sealed class VaultClient(Outbound outbound)
{
    private const int AnswerLimit = 1024 * 1024;

    /// <summary>The vault's answer: a JWS that nobody has verified yet.</summary>
    /// <exception cref="SkrFailureException">The vault did not answer, refused, or answered something else.</exception>
    public async Task<string> ReleaseAsync(
        ServiceEndpoint vault, KeyId key, string attestationToken, string accessToken, CancellationToken cancellation)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, vault.At($"/keys/{key}/release?api-version=7.4"))
        {
            Content = new ByteArrayContent(GoJsonText.Object(("target", attestationToken)))
            {
                Headers = { ContentType = new MediaTypeHeaderValue("application/json") },
            },
        };
        if (!request.Headers.TryAddWithoutValidation("Authorization", $"Bearer {accessToken}"))
            throw new SkrFailureException("the access token cannot be sent in a header");

        HttpAnswer answer;
        try
        {
            answer = await outbound.SendAsync(request, AnswerLimit, cancellation);
        }
        catch (SkrFailureException e)
        {
            throw new SkrFailureException("AKV post request failed", e);
        }

        try
        {
            return Value(answer.Successful());
        }
        catch (SkrFailureException e)
        {
            throw new SkrFailureException("pulling AKV response body failed", e);
        }
    }

    private static string Value(byte[] body)
    {
        try
        {
            using var document = JsonDocument.Parse(body);
            return document.RootElement.Text("value");
        }
        catch (JsonException e)
        {
            throw new SkrFailureException("unmarshalling http response to releasekey response failed", e);
        }
    }
}
