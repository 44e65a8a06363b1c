using System.Collections.Concurrent;
using System.Net;
using System.Net.Http.Headers;

namespace Cove.Volumes.Tests.Fakes;

/// <summary>A blob service that answers as a test says, request by request; the last answer stays.</summary>
internal sealed class ScriptedService(params Func<HttpRequestMessage, HttpResponseMessage>[] answers) : HttpMessageHandler
{
    private int count;

    public ConcurrentQueue<(string Method, string Range, string IfMatch)> Requests { get; } = new();

    public static HttpResponseMessage Busy(HttpStatusCode status, string? retryAfter = null)
    {
        var answer = new HttpResponseMessage(status);
        if (retryAfter is not null) answer.Headers.TryAddWithoutValidation("Retry-After", retryAfter);
        return answer;
    }

    public static HttpResponseMessage Facts(long length, string tag, bool page = true)
    {
        var answer = new HttpResponseMessage(HttpStatusCode.OK) { Content = new ByteArrayContent([]) };
        answer.Content.Headers.ContentLength = length;
        answer.Headers.TryAddWithoutValidation("x-ms-blob-type", page ? "PageBlob" : "BlockBlob");
        answer.Headers.ETag = new EntityTagHeaderValue(tag);
        return answer;
    }

    public static HttpResponseMessage Part(byte[] body, long from, long of, string? tag = null)
    {
        var answer = new HttpResponseMessage(HttpStatusCode.PartialContent) { Content = new ByteArrayContent(body) };
        answer.Content.Headers.ContentRange = new ContentRangeHeaderValue(from, from + body.Length - 1, of);
        if (tag is not null) answer.Headers.ETag = new EntityTagHeaderValue(tag);
        return answer;
    }

    protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        Requests.Enqueue((request.Method.Method, Header(request, "x-ms-range"), Header(request, "If-Match")));
        var at = Math.Min(Interlocked.Increment(ref count), answers.Length) - 1;
        return Task.FromResult(answers[at](request));
    }

    private static string Header(HttpRequestMessage request, string name) => request.Headers.TryGetValues(name, out var values) ? values.Single() : "";
}
