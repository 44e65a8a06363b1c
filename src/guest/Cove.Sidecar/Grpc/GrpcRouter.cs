using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Cove.Sidecar.Grpc;

/// <summary>One unary method: a message in, a message out, both zeroed afterwards.</summary>
internal delegate Task<byte[]> GrpcMethod(ReadOnlyMemory<byte> request, CancellationToken cancellation);

/// <summary>gRPC over HTTP/2: finds the method, reads its message, writes its answer or its status. All methods are unary but for reflection, which answers
/// each message of a stream.</summary>
internal sealed class GrpcRouter(IReadOnlyDictionary<string, GrpcMethod> methods, ServerReflection reflection, SidecarLog log)
{
    private const string ContentType = "application/grpc";
    private const string Status = "grpc-status";
    private const string Message = "grpc-message";

    public async Task HandleAsync(HttpContext context)
    {
        var path = context.Request.Path.Value ?? string.Empty;
        if (!HttpMethods.IsPost(context.Request.Method) || context.Request.ContentType?.StartsWith(ContentType, StringComparison.Ordinal) != true)
        {
            context.Response.StatusCode = StatusCodes.Status415UnsupportedMediaType;
            return;
        }

        context.Response.ContentType = ContentType;
        try
        {
            if (ServerReflection.Paths.Contains(path, StringComparer.Ordinal)) await ReflectAsync(context);
            else await AnswerAsync(context, path);
            log.Info($"{path} OK");
            context.Response.AppendTrailer(Status, "0");
        }
        catch (GrpcException e)
        {
            End(context, path, e.Status, e.Message);
        }
        catch (OperationCanceledException) when (context.RequestAborted.IsCancellationRequested)
        {
            log.Info($"{path} abandoned by the client");
        }
        catch (Exception e) when (!context.Response.HasStarted)
        {
            // A defect of ours: the client learns that much, the log which.
            log.Error($"{path}: {e}");
            End(context, path, GrpcStatus.Internal, $"internal error: {e.GetType().Name}");
        }
    }

    private async Task AnswerAsync(HttpContext context, string path)
    {
        var answer = await CallAsync(path, context.Request.Body, context.RequestAborted);
        try
        {
            context.Response.DeclareTrailer(Status);
            await GrpcFrame.WriteAsync(context.Response.Body, answer, context.RequestAborted);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(answer);
        }
    }

    private async Task ReflectAsync(HttpContext context)
    {
        context.Response.DeclareTrailer(Status);
        context.Response.DeclareTrailer(Message);
        // A client may wait for the headers before it asks.
        await context.Response.StartAsync(context.RequestAborted);
        while (await GrpcFrame.ReadNextAsync(context.Request.Body, context.RequestAborted) is { } request)
        {
            await GrpcFrame.WriteAsync(context.Response.Body, reflection.Answer(request), context.RequestAborted);
            await context.Response.Body.FlushAsync(context.RequestAborted);
        }
    }

    private async Task<byte[]> CallAsync(string path, Stream body, CancellationToken cancellation)
    {
        if (!methods.TryGetValue(path, out var method))
        {
            var parts = path.TrimStart('/').Split('/', 2);
            throw new GrpcException(GrpcStatus.Unimplemented, $"unknown service {parts[0]} or method {parts.ElementAtOrDefault(1)}");
        }

        var request = await GrpcFrame.ReadAsync(body, cancellation);
        try
        {
            return await method(request, cancellation);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(request);
        }
    }

    /// <summary>Status and text are trailers after messages, and headers without any ("trailers only").</summary>
    private void End(HttpContext context, string path, GrpcStatus status, string message)
    {
        log.Info($"{path} {status}");
        Action<string, string> put = context.Response.HasStarted
            ? (name, value) => context.Response.AppendTrailer(name, value)
            : (name, value) => context.Response.Headers[name] = value;
        put(Status, ((int)status).ToString(CultureInfo.InvariantCulture));
        put(Message, PercentEncode(message));
    }

    /// <summary>Printable ASCII but the percent sign stands for itself, every other byte of the UTF-8 is written in hex.</summary>
    private static string PercentEncode(string message)
    {
        var text = new StringBuilder(message.Length);
        foreach (var b in Encoding.UTF8.GetBytes(message))
        {
            if (b is >= 0x20 and <= 0x7E and not (byte)'%') text.Append((char)b);
            else text.Append(CultureInfo.InvariantCulture, $"%{b:X2}");
        }

        return text.ToString();
    }
}
