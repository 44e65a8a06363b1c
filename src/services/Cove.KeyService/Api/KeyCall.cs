using Cove.Hosting.Http;
using Cove.KeyService.Access;

namespace Cove.KeyService.Api;

/// <summary>One authenticated request.</summary>
/// <param name="Context">The HTTP side.</param>
/// <param name="Caller">Who calls.</param>
/// <param name="ApiVersion">The <c>api-version</c>, well-formed.</param>
internal sealed record KeyCall(HttpContext Context, Caller Caller, string ApiVersion)
{
    public CancellationToken Aborted => Context.RequestAborted;

    public string RequestId => Context.TraceIdentifier;

    public string? Query(string name) => Context.Request.Query[name] is [{ Length: > 0 } value] ? value : null;

    public Task<byte[]> ReadAsync(int maximumLength) => Context.Request.ReadBodyAsync(maximumLength, Aborted);

    public Task AnswerAsync(byte[] json, int status = 200) => Context.Response.WriteJsonAsync(status, json, Aborted);
}
