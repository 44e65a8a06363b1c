using System.Security.Cryptography;

namespace Cove.Sidecar.Http;

/// <summary>Asks again what the platform's own services answer late at start: no connection, 408, 429 and the 5xx.</summary>
internal static class Retry
{
    private const int Attempts = 3;

    /// <summary>Pauses of the reference for tokens: one second, then four.</summary>
    public static TimeSpan[] TokenPauses { get; } = [TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(4)];

    /// <summary>Random pauses for certificates, so that the containers of a host do not ask all at once.</summary>
    public static TimeSpan[] CertificatePauses() =>
        [TimeSpan.FromMilliseconds(RandomNumberGenerator.GetInt32(2_000)), TimeSpan.FromMilliseconds(RandomNumberGenerator.GetInt32(9_000))];

    /// <summary>The first successful body.</summary>
    /// <exception cref="SkrFailureException">Another status than those worth asking again, or no success in three attempts.</exception>
    public static async Task<byte[]> GetAsync(
        Outbound outbound, Func<HttpRequestMessage> request, int limit, TimeSpan[] pauses, TimeProvider time, CancellationToken cancellation)
    {
        SkrFailureException? last = null;
        for (var attempt = 0; attempt < Attempts; attempt++)
        {
            if (attempt > 0) await Task.Delay(pauses[attempt - 1], time, cancellation);
            HttpAnswer answer;
            try
            {
                answer = await outbound.SendAsync(request(), limit, cancellation);
            }
            catch (SkrFailureException e)
            {
                last = e;
                continue;
            }

            if (answer.Status is not (408 or 429 or >= 500)) return answer.Successful();
            last = new SkrFailureException($"http response status equal to {answer.Status} {answer.Reason}");
        }

        throw new SkrFailureException($"failed to fetch after {Attempts} retries", last!);
    }
}
