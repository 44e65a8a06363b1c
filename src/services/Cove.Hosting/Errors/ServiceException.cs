namespace Cove.Hosting.Errors;

/// <summary>A request that is answered with an error the client can act on. The shell writes it in the service's own shape.</summary>
/// <param name="status">The HTTP status.</param>
/// <param name="code">The stable code in the body, e.g. <c>BadParameter</c>.</param>
/// <param name="message">What is wrong, for the person who called. Never a secret.</param>
/// <param name="innerCode">The inner code, where the wire format has one.</param>
public sealed class ServiceException(int status, string code, string message, string? innerCode = null) : Exception(message)
{
    /// <summary>The HTTP status.</summary>
    public int Status { get; } = status;

    /// <summary>The stable code in the body.</summary>
    public string Code { get; } = code;

    /// <summary>The inner code, where the wire format has one.</summary>
    public string? InnerCode { get; } = innerCode;

    /// <summary>Headers that go with the answer, e.g. <c>WWW-Authenticate</c>.</summary>
    public IReadOnlyDictionary<string, string> Headers { get; init; } = new Dictionary<string, string>(StringComparer.Ordinal);
}
