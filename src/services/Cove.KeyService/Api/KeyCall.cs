using Cove.Hosting.Http;
using Cove.KeyService.Access;

namespace Cove.KeyService.Api;

/// <summary>One authenticated request.</summary>
/// <param name="Context">The HTTP side.</param>
/// <param name="Caller">Who calls.</param>
/// <param name="Access">Decides what the caller may do.</param>
/// <param name="ApiVersion">The <c>api-version</c>, well-formed.</param>
internal sealed record KeyCall(HttpContext Context, Caller Caller, Authorizer Access, string ApiVersion)
{
    public CancellationToken Aborted => Context.RequestAborted;

    public string RequestId => Context.TraceIdentifier;

    /// <summary>Returns when the caller may do this there.</summary>
    /// <exception cref="Hosting.Errors.ServiceException">403: nothing grants it.</exception>
    public void Require(string action, RoleScope target) => Access.Require(Caller, action, target);

    /// <summary>Returns when the caller may do this with the key.</summary>
    /// <exception cref="Hosting.Errors.ServiceException">403: nothing grants it.</exception>
    public void Require(string action, string key) => Require(action, RoleScope.Key(key));

    public string? Query(string name) => Context.Request.Query[name] is [{ Length: > 0 } value] ? value : null;

    public Task<byte[]> ReadAsync(int maximumLength) => Context.Request.ReadBodyAsync(maximumLength, Aborted);

    public Task AnswerAsync(byte[] json, int status = 200) => Context.Response.WriteJsonAsync(status, json, Aborted);
}
