namespace Cove.Runtime.Shim.Ttrpc;

/// <summary>A call that ended with a status other than OK: thrown by handlers, and by the client for what the other side answered.</summary>
internal sealed class TtrpcException(TtrpcCode code, string message, Exception? inner = null) : Exception(message, inner)
{
    public TtrpcCode Code { get; } = code;

    public static TtrpcException NotFound(string what) => new(TtrpcCode.NotFound, $"{what} not found");

    public static TtrpcException NotNow(string why) => new(TtrpcCode.FailedPrecondition, why);
}
