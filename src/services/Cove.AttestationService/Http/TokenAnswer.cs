using System.Text.Json;
using Cove.Hosting.Http;

namespace Cove.AttestationService.Http;

/// <summary>The answer of every endpoint that gives a token: <c>{"token":…}</c>.</summary>
internal static class TokenAnswer
{
    public static Task WriteAsync(HttpContext context, string token)
    {
        var answer = new Dictionary<string, string>(StringComparer.Ordinal) { ["token"] = token };
        return context.Response.WriteJsonAsync(StatusCodes.Status200OK, JsonSerializer.SerializeToUtf8Bytes(answer), context.RequestAborted);
    }
}
