using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Cove.Hosting.Http;

/// <summary>
/// What becomes of a connection whose request is answered before its body was read. Left alone, the server closes it after an answer that
/// promised to keep it, and the client's next request dies on it; or the client, still sending, never sees the answer.
/// </summary>
internal static class UnreadBody
{
    private const int MaximumDiscarded = 16 * 1024 * 1024;
    private static readonly TimeSpan MaximumTime = TimeSpan.FromSeconds(5);

    /// <summary>Says that the connection ends with this answer, and takes what the client still sends, up to a limit, so that it gets to read it.</summary>
    public static async Task CloseAfterAnswerAsync(HttpContext context)
    {
        if (!HttpProtocol.IsHttp11(context.Request.Protocol) && !HttpProtocol.IsHttp10(context.Request.Protocol)) return;
        context.Response.Headers.Connection = "close";
        if (context.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } limit) limit.MaxRequestBodySize = MaximumDiscarded;
        using var timeout = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted);
        timeout.CancelAfter(MaximumTime);
        try
        {
            var reader = context.Request.BodyReader;
            for (var discarded = 0L; discarded <= MaximumDiscarded;)
            {
                var read = await reader.ReadAsync(timeout.Token);
                discarded += read.Buffer.Length;
                reader.AdvanceTo(read.Buffer.End);
                if (read.IsCompleted) return;
            }
        }
        catch (Exception e) when (e is BadHttpRequestException or OperationCanceledException or ConnectionAbortedException or IOException)
        {
            // More than we take, too slow or gone: the answer is sent all the same, and may be lost.
        }
    }
}
