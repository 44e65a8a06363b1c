namespace Cove.Sidecar.Grpc;

/// <summary>The status codes of gRPC that are used here, with their numbers on the wire.</summary>
internal enum GrpcStatus
{
    Ok = 0,
    Unknown = 2,
    InvalidArgument = 3,
    ResourceExhausted = 8,
    FailedPrecondition = 9,
    Unimplemented = 12,
    Internal = 13,
}
