using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Security.Cryptography;
using Cove.Attestation.Fetching;
using Cove.Outcomes;

namespace Cove.Attestation.Snp.Kds;

/// <summary>
/// Asks the service over HTTP. It serves each client a request every ten seconds or so: requests go one at a time, a refusal for load is waited
/// out for as long as the service says (Retry-After) or else twice as long each time, and those who ask the same share one answer.
/// </summary>
internal sealed class KdsTransport(HttpClient http, Uri service, TimeProvider time) : IDisposable
{
    private const int Attempts = 6;
    private const int MaximumRemembered = 1024;
    private static readonly TimeSpan FirstPause = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan LongestPause = TimeSpan.FromMinutes(2);
    private static readonly TimeSpan AbsenceRemembered = TimeSpan.FromMinutes(10);
    private readonly ConcurrentDictionary<string, Lazy<Task<byte[]>>> _running = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, DateTimeOffset> _absent = new(StringComparer.Ordinal);
    private readonly SemaphoreSlim _oneAtATime = new(1);
    private DateTimeOffset _notBefore;

    /// <exception cref="UnavailableException">The service does not answer, does not have it, or asks to wait for too long.</exception>
    public async Task<byte[]> GetAsync(string request, CancellationToken cancellation)
    {
        if (_absent.TryGetValue(request, out var until) && time.GetUtcNow() < until) throw Absent(request);
        // Whoever gives up waiting does not take the answer from the others.
        var shared = _running.GetOrAdd(request, asked => new Lazy<Task<byte[]>>(() => FetchAsync(asked)));
        return await shared.Value.WaitAsync(cancellation);
    }

    public void Dispose() => _oneAtATime.Dispose();

    private async Task<byte[]> FetchAsync(string request)
    {
        await _oneAtATime.WaitAsync();
        try
        {
            var pause = FirstPause;
            var refused = "";
            for (var attempt = 0; attempt < Attempts; attempt++)
            {
                if (_notBefore - time.GetUtcNow() is { Ticks: > 0 } wait) await Task.Delay(wait, time);
                var (answer, why, retryAfter) = await TryAsync(request);
                if (answer is not null) return answer;
                if (retryAfter > LongestPause) throw new UnavailableException(service.ToString(), $"it asks to come back after {retryAfter.Value.TotalSeconds.ToString("0", CultureInfo.InvariantCulture)} s ({why})");
                refused = why;
                _notBefore = time.GetUtcNow() + (retryAfter ?? Jitter(pause));
                pause = pause * 2 < LongestPause ? pause * 2 : LongestPause;
            }

            throw new UnavailableException(service.ToString(), $"{refused}, {Attempts} times");
        }
        finally
        {
            _running.TryRemove(request, out _);
            _oneAtATime.Release();
        }
    }

    private async Task<(byte[]? Answer, string Why, TimeSpan? RetryAfter)> TryAsync(string request)
    {
        try
        {
            using var message = new HttpRequestMessage(HttpMethod.Get, new Uri(service, request));
            using var response = await http.SendAsync(message, HttpCompletionOption.ResponseHeadersRead);
            if (response.StatusCode == HttpStatusCode.NotFound)
            {
                if (_absent.Count >= MaximumRemembered) _absent.Clear();
                _absent[request] = time.GetUtcNow() + AbsenceRemembered;
                throw Absent(request);
            }

            var status = $"it answers {(int)response.StatusCode}";
            if (response.StatusCode is HttpStatusCode.TooManyRequests or HttpStatusCode.RequestTimeout || (int)response.StatusCode >= 500) return (null, status, RetryAfter(response));
            if (response.StatusCode != HttpStatusCode.OK) throw new UnavailableException(service.ToString(), $"{status} to {request}");
            return (await ReadAsync(response.Content), "", null);
        }
        catch (Exception e) when (e is HttpRequestException or IOException or OperationCanceledException)
        {
            return (null, e.Message, null);
        }
    }

    private async Task<byte[]> ReadAsync(HttpContent content)
    {
        await using var stream = await content.ReadAsStreamAsync();
        var buffer = new byte[AnswerCache.MaximumAnswer + 1];
        var length = await stream.ReadAtLeastAsync(buffer, buffer.Length, throwOnEndOfStream: false);
        return length <= AnswerCache.MaximumAnswer ? buffer[..length] : throw new UnavailableException(service.ToString(), $"its answer is over {AnswerCache.MaximumAnswer} bytes");
    }

    private TimeSpan? RetryAfter(HttpResponseMessage response) => response.Headers.RetryAfter switch
    {
        { Delta: { } delta } => delta,
        { Date: { } date } => date - time.GetUtcNow() is { Ticks: > 0 } left ? left : TimeSpan.Zero,
        _ => null,
    };

    // Between half and the whole, so that machines that were refused together do not come back together.
    private static TimeSpan Jitter(TimeSpan pause) => pause * (0.5 + (RandomNumberGenerator.GetInt32(501) / 1000.0));

    private UnavailableException Absent(string request) => new(service.ToString(), $"it has no {request}");
}
