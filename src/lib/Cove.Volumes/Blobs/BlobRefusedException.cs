namespace Cove.Volumes.Blobs;

/// <summary>The blob service answered, and not with what was asked for. Asking again will not help.</summary>
/// <param name="address">The blob, without a signature.</param>
/// <param name="status">The HTTP status.</param>
/// <param name="code">The service's own code, e.g. <c>AuthorizationFailure</c>; empty where it gave none.</param>
public sealed class BlobRefusedException(string address, int status, string code)
    : Exception($"blob {address}: the service answered {status}{(code.Length > 0 ? " " + code : "")}")
{
    /// <summary>The HTTP status.</summary>
    public int Status { get; } = status;

    /// <summary>The service's own code; may be empty.</summary>
    public string Code { get; } = code;
}
