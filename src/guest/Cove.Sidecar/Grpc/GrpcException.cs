namespace Cove.Sidecar.Grpc;

/// <summary>A call that ends with another status than OK.</summary>
internal sealed class GrpcException(GrpcStatus status, string message, Exception? inner = null) : Exception(message, inner)
{
    public GrpcStatus Status { get; } = status;
}
