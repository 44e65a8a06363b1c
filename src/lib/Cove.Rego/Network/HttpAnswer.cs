using System.Buffers;
using System.Globalization;
using Cove.Rego.Builtins;
using Cove.Rego.Values;

namespace Cove.Rego.Network;

/// <summary>A response as policies see it.</summary>
internal static class HttpAnswer
{
    public static async Task<RegoObject> Read(HttpResponseMessage response, RegoObject request, int maxBytes, CancellationToken cancellation)
    {
        var body = await ReadBody(response.Content, maxBytes, cancellation).ConfigureAwait(false);
        var status = (int)response.StatusCode;
        return RegoObject.Of(
            ("status", RegoValue.Of(string.Create(CultureInfo.InvariantCulture, $"{status} {response.ReasonPhrase}").TrimEnd())),
            ("status_code", RegoValue.Of(status)),
            ("body", Decode(response, request, body)),
            ("raw_body", new RegoString(ByteText.FromBytes(body))),
            ("headers", Headers(response)));
    }

    /// <summary>What a request that failed on the way answers when it asked not to fail.</summary>
    public static RegoObject Failed(string message) => RegoObject.Of(
        ("status_code", RegoValue.Of(0)),
        ("error", RegoObject.Of(("code", RegoValue.Of("eval_http_send_network_error")), ("message", RegoValue.Of(message)))));

    private static async Task<byte[]> ReadBody(HttpContent content, int maxBytes, CancellationToken cancellation)
    {
        if (content.Headers.ContentLength > maxBytes) throw TooLong(maxBytes);
        using var stream = await content.ReadAsStreamAsync(cancellation).ConfigureAwait(false);
        var chunk = ArrayPool<byte>.Shared.Rent(16 * 1024);
        try
        {
            using var body = new MemoryStream();
            while (await stream.ReadAsync(chunk, cancellation).ConfigureAwait(false) is > 0 and var read)
            {
                if (body.Length + read > maxBytes) throw TooLong(maxBytes);
                body.Write(chunk, 0, read);
            }

            return body.ToArray();
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(chunk);
        }
    }

    private static HttpRequestException TooLong(int maxBytes) => new(string.Create(CultureInfo.InvariantCulture, $"the response's body is longer than {maxBytes} bytes"));

    private static RegoValue Decode(HttpResponseMessage response, RegoObject request, byte[] body)
    {
        var type = response.Content.Headers.ContentType?.MediaType ?? "";
        try
        {
            if (request["force_json_decode"] == RegoValue.True || type.EndsWith("/json", StringComparison.OrdinalIgnoreCase)) return RegoValue.FromJson(body);
            if (request["force_yaml_decode"] == RegoValue.True || type.EndsWith("/yaml", StringComparison.OrdinalIgnoreCase) || type.EndsWith("/x-yaml", StringComparison.OrdinalIgnoreCase))
                return YamlReader.Read(ByteText.FromBytes(body));
        }
        catch (Exception malformed) when (malformed is RegoJsonException or FormatException)
        {
            return RegoValue.Null; // the raw body is there
        }

        return RegoValue.Null;
    }

    private static RegoObject Headers(HttpResponseMessage response)
    {
        var headers = new ObjectBuilder();
        foreach (var (name, values) in response.Headers.Concat(response.Content.Headers))
            headers.Set(RegoValue.Of(LetterCase.Lower(name)), RegoArray.Of([.. values.Select(RegoValue.Of)]));
        return headers.Build();
    }
}
