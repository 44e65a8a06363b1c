namespace Cove.Protocol.Messages;

/// <summary>The layer is mounted.</summary>
/// <param name="RootHash">The dm-verity root the guest computed, 64 lower-case hex digits.</param>
public sealed record MountDeviceResponse(string RootHash);
