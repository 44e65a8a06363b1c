using System.Net;
using System.Net.Security;
using Microsoft.AspNetCore.WebUtilities;

namespace Cove.Sidecar.Http;

/// <summary>
/// Requests to the attestation service, the vault, the identity service and the certificate services: each with a deadline and a limit
/// on the answer, none that follows a redirect, as that would carry evidence or a token to a place nobody named.
/// </summary>
internal sealed class Outbound(HttpClient client)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    /// <summary>A handler with these roots.</summary>
    /// <param name="roots">Whom servers must lead to.</param>
    /// <param name="dialer">Opens the connections.</param>
    public static SocketsHttpHandler CreateHandler(TrustRoots roots, Dialer dialer) => new()
    {
        AllowAutoRedirect = false,
        ActivityHeadersPropagator = null,
        AutomaticDecompression = DecompressionMethods.GZip,
        ConnectTimeout = Timeout.InfiniteTimeSpan, // The dialer limits its part; a TLS handshake counts against the request's own deadline.
        PooledConnectionLifetime = TimeSpan.FromMinutes(5),
        UseCookies = false,
        ConnectCallback = (context, cancellation) => dialer.ConnectAsync(context.DnsEndPoint, IsNamedByCaller(context), cancellation),
        SslOptions = new SslClientAuthenticationOptions { CertificateChainPolicy = roots.CreatePolicy() },
    };

    /// <summary>Sends the request and reads the whole answer.</summary>
    /// <param name="request">What to send; disposed.</param>
    /// <param name="limit">Longest body accepted, in bytes, after decompression.</param>
    /// <param name="cancellation">Gives up.</param>
    /// <exception cref="SkrFailureException">No answer, or one that is too long.</exception>
    public async Task<HttpAnswer> SendAsync(HttpRequestMessage request, int limit, CancellationToken cancellation)
    {
        using var message = request;
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        deadline.CancelAfter(Patience);
        try
        {
            using var response = await client.SendAsync(message, HttpCompletionOption.ResponseHeadersRead, deadline.Token);
            var body = await ReadAsync(response.Content, limit, deadline.Token);
            var status = (int)response.StatusCode;
            return new HttpAnswer(status, response.ReasonPhrase is { Length: > 0 } reason ? reason : ReasonPhrases.GetReasonPhrase(status), body);
        }
        catch (Exception e) when (e is HttpRequestException or IOException)
        {
            throw new SkrFailureException("HTTP GET failed", new SkrFailureException($"{Verb(message)} \"{message.RequestUri!.OriginalString}\"", Deepest(e)));
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            throw new SkrFailureException(
                "HTTP GET failed", new SkrFailureException($"{Verb(message)} \"{message.RequestUri!.OriginalString}\": no answer within {Patience.TotalSeconds} s"));
        }
    }

    // Callers name hosts for HTTPS alone (ServiceEndpoint); over HTTP are the platform's services, and proxies, which settings name.
    private static bool IsNamedByCaller(SocketsHttpConnectionContext context) => context.InitialRequestMessage.RequestUri is not { } uri
        || (uri.Scheme == Uri.UriSchemeHttps && uri.IdnHost.Trim('[', ']').Equals(context.DnsEndPoint.Host.Trim('[', ']'), StringComparison.OrdinalIgnoreCase));

    private static async Task<byte[]> ReadAsync(HttpContent content, int limit, CancellationToken cancellation)
    {
        if (content.Headers.ContentLength > limit) throw TooLong(limit);
        await using var stream = await content.ReadAsStreamAsync(cancellation);
        using var body = new MemoryStream((int)(content.Headers.ContentLength ?? 0));
        var buffer = new byte[16 * 1024];
        while (await stream.ReadAsync(buffer, cancellation) is > 0 and var read)
        {
            if (body.Length + read > limit) throw TooLong(limit);
            body.Write(buffer, 0, read);
        }

        return body.ToArray();
    }

    private static SkrFailureException TooLong(int limit) => new($"the response is longer than {limit} bytes");

    /// <summary>The method in the spelling of Go's errors: <c>Post</c>.</summary>
    private static string Verb(HttpRequestMessage message) => message.Method.Method[..1] + message.Method.Method[1..].ToLowerInvariant();

    private static Exception Deepest(Exception e)
    {
        while (e.InnerException is { } inner) e = inner;
        return e;
    }
}
