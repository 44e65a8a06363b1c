using System.Globalization;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;

namespace Cove.Volumes.Blobs;

/// <summary>Signs requests with the account's key ("Authorize with Shared Key", Blob service version 2015-02-21 and later).</summary>
internal sealed class SharedKeyAuthorization(string account, byte[] key) : BlobAuthorization
{
    internal override ValueTask AuthorizeAsync(HttpRequestMessage request, CancellationToken cancellation)
    {
        var signature = Convert.ToBase64String(HMACSHA256.HashData(key, Encoding.UTF8.GetBytes(Text(request))));
        request.Headers.Authorization = new AuthenticationHeaderValue("SharedKey", $"{account}:{signature}");
        return ValueTask.CompletedTask;
    }

    private string Text(HttpRequestMessage request)
    {
        var length = request.Content?.Headers.ContentLength is > 0 and var bytes ? bytes.ToString(CultureInfo.InvariantCulture) : "";
        var text = new StringBuilder($"{request.Method.Method}\n\n\n{length}\n\n{request.Content?.Headers.ContentType}\n\n\n{Header(request, "If-Match")}\n{Header(request, "If-None-Match")}\n\n\n");
        var own = request.Headers.Where(header => header.Key.StartsWith("x-ms-", StringComparison.OrdinalIgnoreCase))
            .Select(header => (Name: header.Key.ToLowerInvariant(), Value: string.Join(',', header.Value)));
        foreach (var (name, value) in own.OrderBy(header => header.Name, StringComparer.Ordinal)) text.Append(name).Append(':').Append(value).Append('\n');
        text.Append('/').Append(account).Append(request.RequestUri!.AbsolutePath);
        var parameters = request.RequestUri.Query.TrimStart('?').Split('&', StringSplitOptions.RemoveEmptyEntries).Select(pair => pair.Split('=', 2));
        foreach (var pair in parameters.OrderBy(pair => pair[0], StringComparer.Ordinal))
            text.Append('\n').Append(pair[0].ToLowerInvariant()).Append(':').Append(pair.Length > 1 ? Uri.UnescapeDataString(pair[1]) : "");
        return text.ToString();
    }

    private static string Header(HttpRequestMessage request, string name) =>
        request.Headers.NonValidated.TryGetValues(name, out var values) ? values.ToString() : "";
}
