namespace Cove.Protocol.Messages;

/// <summary>Unmounts a layer that no overlay uses, and forgets the guest's copy.</summary>
/// <param name="Target">The target it was mounted at.</param>
public sealed record UnmountDeviceRequest(string Target);
