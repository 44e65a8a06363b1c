using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using Cove.Rego.Builtins;
using Cove.Rego.Evaluation;
using Cove.Rego.Values;

namespace Cove.Rego.Network;

/// <summary>One <c>http.send</c>: the request that an object describes, its redirects where they are allowed, and the answer.</summary>
internal sealed class HttpExchange(RegoNetwork network, RegoObject request)
{
    private const int MaxRedirects = 10;
    private const int MaxRetries = 10;

    /// <summary>The answer, or null after the failure has been told.</summary>
    public RegoValue? Run(EvaluationContext context)
    {
        try
        {
            return Send(context);
        }
        catch (FormatException refused)
        {
            return context.Fail(refused.Message);
        }
        catch (Exception failed) when (failed is HttpRequestException or IOException)
        {
            return Failed(context, failed.InnerException is { } inner ? $"{failed.Message}: {inner.Message}" : failed.Message);
        }
        catch (OperationCanceledException) when (!context.Options.Cancellation.IsCancellationRequested)
        {
            return Failed(context, "request timed out");
        }
        catch (OperationCanceledException)
        {
            throw new RegoEvaluationException(RegoEvaluationProblem.Cancelled, "eval_cancel_error", "caller cancelled query execution");
        }
    }

    private RegoValue? Failed(EvaluationContext context, string message) =>
        request["raise_error"] == RegoValue.False ? HttpAnswer.Failed(message) : context.Fail(message);

    private RegoObject Send(EvaluationContext context)
    {
        var asked = ReadUrl();
        using var own = HttpConnections.For(request) is { } handler ? new HttpMessageInvoker(handler) : null;
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(context.Options.Cancellation);
        limit.CancelAfter(ReadTimeout(context));
        // An evaluation is one thread from start to end; what it waits for runs elsewhere, so that the wait can be cut short.
        return Task.Run(() => Exchange(own ?? network.Client, asked, limit.Token), limit.Token).GetAwaiter().GetResult();
    }

    private async Task<RegoObject> Exchange(HttpMessageInvoker client, Uri asked, CancellationToken cancellation)
    {
        var retries = request["max_retry_attempts"] is RegoNumber number && number.TryGetInt32(out var wanted) ? Math.Clamp(wanted, 0, MaxRetries) : 0;
        while (true)
        {
            try
            {
                return await Follow(client, asked, cancellation).ConfigureAwait(false);
            }
            catch (HttpRequestException) when (retries-- > 0)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(100), cancellation).ConfigureAwait(false);
            }
        }
    }

    private async Task<RegoObject> Follow(HttpMessageInvoker client, Uri asked, CancellationToken cancellation)
    {
        var method = new HttpMethod(((RegoString)request["method"]!).Value.ToUpperInvariant());
        var (at, withBody) = (asked, true);
        for (var hops = 0; ; hops++)
        {
            if (!network.Allows(at.Host)) throw new FormatException($"unallowed host: {at.Host}");
            using var message = Message(method, at, withBody, isElsewhere: at.Authority != asked.Authority);
            using var response = await client.SendAsync(message, cancellation).ConfigureAwait(false);
            if (!Redirects(response, at, out var next)) return await HttpAnswer.Read(response, request, network.MaxResponseBytes, cancellation).ConfigureAwait(false);
            if (hops == MaxRedirects) throw new HttpRequestException(string.Create(CultureInfo.InvariantCulture, $"stopped after {MaxRedirects} redirects"));
            if (response.StatusCode is not (HttpStatusCode.TemporaryRedirect or HttpStatusCode.PermanentRedirect))
            {
                withBody = false;
                if (method != HttpMethod.Head) method = HttpMethod.Get;
            }

            at = next;
        }
    }

    private bool Redirects(HttpResponseMessage response, Uri at, out Uri next)
    {
        next = at;
        if (request["enable_redirect"] != RegoValue.True || (int)response.StatusCode is not (301 or 302 or 303 or 307 or 308) || response.Headers.Location is not { } location)
            return false;
        if (!network.AllowRedirects) throw new FormatException("enable_redirect: redirects are not allowed");
        next = CheckScheme(new Uri(at, location));
        return true;
    }

    private HttpRequestMessage Message(HttpMethod method, Uri at, bool withBody, bool isElsewhere)
    {
        var message = new HttpRequestMessage(method, at);
        if (withBody) message.Content = Body();
        if (request["headers"] is { } given) AddHeaders(message, given, isElsewhere);
        if (!message.Headers.Contains("User-Agent")) message.Headers.TryAddWithoutValidation("User-Agent", "cove");
        return message;
    }

    private static void AddHeaders(HttpRequestMessage message, RegoValue given, bool isElsewhere)
    {
        if (given is not RegoObject headers) throw new FormatException("headers must be an object");
        foreach (var (name, value) in headers.Entries())
        {
            if (name is not RegoString { Value: var header } || value is not RegoString { Value: var text }) throw new FormatException("headers must be an object of strings");
            if (text.AsSpan().ContainsAny('\r', '\n')) throw new FormatException($"the header {header} has a line end in it");
            // What identifies the caller is for the host that was asked, not for one that it names.
            if (isElsewhere && (header.Equals("Authorization", StringComparison.OrdinalIgnoreCase) || header.Equals("Cookie", StringComparison.OrdinalIgnoreCase))) continue;
            Add(message, header, text);
        }
    }

    private static void Add(HttpRequestMessage message, string name, string text)
    {
        if (message.Headers.TryAddWithoutValidation(name, text)) return;
        message.Content ??= new ByteArrayContent([]);
        if (name.Equals("Content-Type", StringComparison.OrdinalIgnoreCase)) message.Content.Headers.ContentType = null;
        if (!message.Content.Headers.TryAddWithoutValidation(name, text)) throw new FormatException($"{name} is no header");
    }

    private ByteArrayContent? Body()
    {
        if (request["raw_body"] is { } raw) return new ByteArrayContent(ByteText.ToBytes((raw as RegoString)?.Text ?? throw new FormatException("raw_body must be a string")));
        if (request["body"] is not { } body) return null;
        return new ByteArrayContent(System.Text.Encoding.UTF8.GetBytes(body.ToJson())) { Headers = { ContentType = new MediaTypeHeaderValue("application/json") } };
    }

    private Uri ReadUrl()
    {
        if (request["method"] is not RegoString { Value.Length: > 0 } method) throw new FormatException("method must be a string");
        if (!method.Value.All(char.IsAsciiLetter)) throw new FormatException($"{method.Value} is no method");
        return request["url"] is RegoString text && Uri.TryCreate(text.Value, UriKind.Absolute, out var url) ? CheckScheme(url) : throw new FormatException("url must be an absolute URL");
    }

    private static Uri CheckScheme(Uri url) =>
        url.Scheme == Uri.UriSchemeHttp || url.Scheme == Uri.UriSchemeHttps ? url : throw new FormatException($"the scheme {url.Scheme} is neither http nor https");

    /// <summary>What the request asks for, in nanoseconds or as a duration, but never longer than the network and the evaluation allow.</summary>
    private TimeSpan ReadTimeout(EvaluationContext context)
    {
        var wanted = request["timeout"] switch
        {
            null => network.Timeout,
            RegoNumber number when number.ToBigInteger() is { } nanoseconds && nanoseconds >= 0 => FromNanoseconds(nanoseconds),
            RegoString text when GoDuration.Parse(text.Value, out _) is { } nanoseconds and >= 0 => FromNanoseconds(nanoseconds),
            _ => throw new FormatException("timeout must be a number of nanoseconds or a duration"),
        };
        if (wanted == TimeSpan.Zero) wanted = network.MaxTimeout;
        return new TimeSpan(Math.Min(wanted.Ticks, Math.Min(network.MaxTimeout.Ticks, context.Limits.MaxDuration.Ticks)));
    }

    private static TimeSpan FromNanoseconds(System.Numerics.BigInteger nanoseconds) => new((long)System.Numerics.BigInteger.Min(nanoseconds / 100, TimeSpan.MaxValue.Ticks));
}
