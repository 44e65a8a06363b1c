using Cove.Hosting.Errors;
using Cove.Outcomes;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Cove.Hosting.Http;

/// <summary>Gives each request its id, and turns what a handler throws into the service's error shape. A bug's text stays in the log.</summary>
internal sealed class ErrorMiddleware(RequestDelegate next, ErrorBody body, ILogger<ErrorMiddleware> log)
{
    public async Task InvokeAsync(HttpContext context)
    {
        var requestId = Guid.NewGuid().ToString();
        context.TraceIdentifier = requestId;
        context.Response.Headers["x-ms-request-id"] = requestId;
        try
        {
            await next(context);
            if (context.Response is { StatusCode: StatusCodes.Status404NotFound or StatusCodes.Status405MethodNotAllowed, HasStarted: false,
                ContentLength: null, ContentType: null })
                await AnswerAsync(context, requestId,
                    new(context.Response.StatusCode, "NotFound", $"there is no {context.Request.Method} {context.Request.Path}"));
        }
        catch (OperationCanceledException) when (context.RequestAborted.IsCancellationRequested)
        {
            // The client went away: nobody is left to answer.
            context.Abort();
        }
        catch (Exception e) when (!context.Response.HasStarted)
        {
            if (e is BadHttpRequestException) await UnreadBody.CloseAfterAnswerAsync(context);
            await AnswerAsync(context, requestId, Describe(e, requestId));
        }
    }

    private ServiceException Describe(Exception exception, string requestId)
    {
        switch (exception)
        {
            case ServiceException known:
                return known;
            case MalformedException malformed:
                return new(StatusCodes.Status400BadRequest, "BadParameter", malformed.Message);
            case BadHttpRequestException bad:
                return new(bad.StatusCode, bad.StatusCode == StatusCodes.Status413PayloadTooLarge ? "RequestTooLarge" : "BadRequest", bad.Message);
            case UnavailableException unavailable:
                log.LogWarning("{Message} (request {RequestId})", unavailable.Message, requestId);
                return new(StatusCodes.Status503ServiceUnavailable, "ServiceUnavailable", unavailable.Message);
            default:
                log.LogError(exception, "request {RequestId} failed", requestId);
                return new(StatusCodes.Status500InternalServerError, "InternalServerError",
                    $"An internal error occurred; its details are in the service's log under {requestId}.");
        }
    }

    private Task AnswerAsync(HttpContext context, string requestId, ServiceException error)
    {
        context.Response.StatusCode = error.Status;
        foreach (var (name, value) in error.Headers) context.Response.Headers[name] = value;
        return context.Response.WriteJsonAsync(error.Status, body(error, requestId), context.RequestAborted);
    }
}
