using System.Buffers;
using Microsoft.AspNetCore.Http;

namespace Cove.Hosting.Http;

/// <summary>Whole bodies, bounded: requests are read up to a limit, answers are written with their length.</summary>
public static class HttpBodies
{
    private const string Json = "application/json; charset=utf-8";

    /// <summary>Reads the whole request body.</summary>
    /// <param name="request">The request.</param>
    /// <param name="maximumLength">Most bytes accepted.</param>
    /// <param name="cancellationToken">Usually <see cref="HttpContext.RequestAborted"/>.</param>
    /// <exception cref="BadHttpRequestException">413: the body is longer.</exception>
    public static async Task<byte[]> ReadBodyAsync(this HttpRequest request, int maximumLength, CancellationToken cancellationToken)
    {
        if (request.ContentLength > maximumLength) throw TooLarge(maximumLength);
        while (true)
        {
            var read = await request.BodyReader.ReadAsync(cancellationToken);
            if (read.Buffer.Length > maximumLength)
            {
                request.BodyReader.AdvanceTo(read.Buffer.End);
                throw TooLarge(maximumLength);
            }

            if (read.IsCompleted)
            {
                var body = read.Buffer.ToArray();
                request.BodyReader.AdvanceTo(read.Buffer.End);
                return body;
            }

            request.BodyReader.AdvanceTo(read.Buffer.Start, read.Buffer.End);
        }
    }

    /// <summary>Writes a JSON answer; nothing but the status when it is empty.</summary>
    public static async Task WriteJsonAsync(this HttpResponse response, int status, ReadOnlyMemory<byte> utf8, CancellationToken cancellationToken)
    {
        response.StatusCode = status;
        // A 204 may carry neither body nor length (RFC 9110 8.6).
        if (status == StatusCodes.Status204NoContent) return;
        response.ContentLength = utf8.Length;
        if (utf8.IsEmpty) return;
        response.ContentType = Json;
        await response.Body.WriteAsync(utf8, cancellationToken);
    }

    private static BadHttpRequestException TooLarge(int maximum)
        => new($"the request body is larger than {maximum} bytes", StatusCodes.Status413PayloadTooLarge);
}
