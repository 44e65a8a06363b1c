using System.Net;
using Cove.Outcomes;

namespace Cove.Volumes.Blobs;

/// <summary>Sends requests to a blob service: with its version, with authorisation, and again where it did not answer or was busy.</summary>
internal sealed class BlobTransport(HttpClient client, BlobAddress address, BlobAuthorization authorization, TimeProvider time)
{
    private const string ServiceVersion = "2020-10-02";
    private const int Attempts = 4;
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    /// <summary>The answer to a request, one of the statuses expected.</summary>
    /// <param name="request">Makes the request, as one cannot be sent twice.</param>
    /// <param name="use">Takes what is wanted from the answer, its body included.</param>
    /// <param name="expected">Statuses that are an answer.</param>
    /// <param name="cancellation">Gives up.</param>
    /// <exception cref="BlobRefusedException">Another status.</exception>
    /// <exception cref="UnavailableException">No answer in several attempts.</exception>
    public async Task<T> SendAsync<T>(
        Func<HttpRequestMessage> request, Func<HttpResponseMessage, CancellationToken, ValueTask<T>> use, HttpStatusCode[] expected, CancellationToken cancellation)
    {
        var why = "";
        Exception? cause = null;
        var asked = TimeSpan.Zero;
        for (var attempt = 0; attempt < Attempts; attempt++)
        {
            if (attempt > 0) await Task.Delay(Pause(attempt, asked), time, cancellation);
            asked = TimeSpan.Zero;
            using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
            deadline.CancelAfter(Patience);
            try
            {
                using var message = request();
                message.Headers.TryAddWithoutValidation("x-ms-version", ServiceVersion);
                message.Headers.TryAddWithoutValidation("x-ms-date", time.GetUtcNow().ToString("R"));
                await authorization.AuthorizeAsync(message, deadline.Token);
                using var response = await client.SendAsync(message, HttpCompletionOption.ResponseHeadersRead, deadline.Token);
                if (expected.Contains(response.StatusCode)) return await use(response, deadline.Token);
                var code = response.Headers.TryGetValues("x-ms-error-code", out var codes) ? codes.First() : "";
                if (response.StatusCode is not (HttpStatusCode.RequestTimeout or HttpStatusCode.TooManyRequests or >= HttpStatusCode.InternalServerError))
                    throw new BlobRefusedException(address.ToString(), (int)response.StatusCode, code);
                asked = Asked(response);
                why = $"it answered {(int)response.StatusCode} {code}";
            }
            catch (Exception e) when (e is HttpRequestException or IOException)
            {
                (why, cause) = (e.InnerException?.Message ?? e.Message, e);
            }
            catch (OperationCanceledException e) when (!cancellation.IsCancellationRequested)
            {
                (why, cause) = ($"no answer within {Patience.TotalSeconds} s", e);
            }
        }

        throw new UnavailableException($"blob {address}", $"{why}, {Attempts} times", cause);
    }

    private static TimeSpan Pause(int attempt, TimeSpan asked)
    {
        var own = FirstPause * (1 << (2 * (attempt - 1)));
        return asked > own ? asked : own;
    }

    /// <summary>How long a busy service wants to be left alone (RFC 9110 section 10.2.3), up to a limit of ours.</summary>
    private TimeSpan Asked(HttpResponseMessage response)
    {
        var wait = response.Headers.RetryAfter switch
        {
            { Delta: { } delta } => delta,
            { Date: { } date } => date - time.GetUtcNow(),
            _ => TimeSpan.Zero,
        };
        return wait < LongestPause ? wait : LongestPause;
    }
}
