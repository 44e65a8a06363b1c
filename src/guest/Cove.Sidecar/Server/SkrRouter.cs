using System.Security.Cryptography;
using System.Text;

namespace Cove.Sidecar.Server;

/// <summary>Routes as the reference's router does: exact paths, one method each, a trailing slash redirects, everything else is not found.</summary>
internal sealed class SkrRouter(SkrEndpoints endpoints, SidecarLog log)
{
    /// <summary>Longest request body, in bytes.</summary>
    public const int BodyLimit = 1024 * 1024;

    public async Task HandleAsync(HttpContext context)
    {
        Reply reply;
        try
        {
            reply = await RouteAsync(context);
        }
        catch (BadHttpRequestException e)
        {
            // What was not read of the body would be taken for the next request: the connection ends here, and says so.
            context.Response.Headers.Connection = "close";
            reply = Reply.Failed(e.StatusCode, "invalid request format", e);
        }
        catch (OperationCanceledException) when (context.RequestAborted.IsCancellationRequested)
        {
            log.Info($"{context.Request.Method} {context.Request.Path} abandoned by the client");
            return;
        }
        catch (Exception e)
        {
            // A defect of ours: the client learns that much, the log which.
            log.Error($"{context.Request.Method} {context.Request.Path}: {e}");
            reply = Reply.Failed(StatusCodes.Status500InternalServerError, "internal error", new SkrFailureException(e.GetType().Name));
        }

        log.Info($"{context.Request.Method} {context.Request.Path} {reply.Status}");
        if (reply.Problem is { } problem) log.Warning(problem);
        await WriteAsync(context, reply);
    }

    private async Task<Reply> RouteAsync(HttpContext context)
    {
        var (method, path) = (context.Request.Method, context.Request.Path.Value ?? string.Empty);
        if (path.Length > 1 && path.EndsWith('/') && IsRoute(method, path.TrimEnd('/'))) return Redirect(method, path.TrimEnd('/'));
        if (!IsRoute(method, path)) return new Reply(StatusCodes.Status404NotFound, "404 page not found"u8.ToArray(), "text/plain");
        if (path == "/status") return SkrEndpoints.Status();

        // A release makes an access token pass through here: the body is zeroed when the request is answered.
        var body = await ReadAsync(context);
        try
        {
            return path switch
            {
                "/attest/raw" => await endpoints.RawAsync(body, context.RequestAborted),
                "/attest/combined" => await endpoints.CombinedAsync(body, context.RequestAborted),
                "/attest/maa" => await endpoints.AttestAsync(body, context.RequestAborted),
                _ => await endpoints.ReleaseAsync(body, context.RequestAborted),
            };
        }
        finally
        {
            CryptographicOperations.ZeroMemory(body);
        }
    }

    private static bool IsRoute(string method, string path) => path switch
    {
        "/status" => method == HttpMethods.Get,
        "/attest/raw" or "/attest/combined" or "/attest/maa" or "/key/release" => method == HttpMethods.Post,
        _ => false,
    };

    private static Reply Redirect(string method, string to) => method == HttpMethods.Get
        ? new Reply(
            StatusCodes.Status301MovedPermanently,
            Encoding.ASCII.GetBytes($"<a href=\"{to}\">Moved Permanently</a>.\n\n"),
            "text/html; charset=utf-8",
            to)
        : new Reply(StatusCodes.Status307TemporaryRedirect, [], null, to);

    private static async Task<byte[]> ReadAsync(HttpContext context)
    {
        if (context.Request.ContentLength > BodyLimit)
            throw new BadHttpRequestException($"the body is longer than {BodyLimit} bytes", StatusCodes.Status413PayloadTooLarge);
        using var body = new MemoryStream((int)(context.Request.ContentLength ?? 0));
        await context.Request.Body.CopyToAsync(body, context.RequestAborted);
        var bytes = body.ToArray();
        CryptographicOperations.ZeroMemory(body.GetBuffer());
        return bytes;
    }

    private static async Task WriteAsync(HttpContext context, Reply reply)
    {
        var response = context.Response;
        response.StatusCode = reply.Status;
        response.ContentType = reply.ContentType;
        response.ContentLength = reply.Body.Length;
        if (reply.Location is not null) response.Headers.Location = reply.Location;
        try
        {
            if (reply.Body.Length > 0 && !HttpMethods.IsHead(context.Request.Method)) await response.Body.WriteAsync(reply.Body, context.RequestAborted);
        }
        finally
        {
            if (reply.IsSecret) CryptographicOperations.ZeroMemory(reply.Body);
        }
    }
}
