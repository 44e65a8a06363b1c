namespace Cove.Protocol.Messages;

/// <summary>Something to be mounted or unmounted of which the guest needs to know no more than where.</summary>
/// <param name="Target">An absolute path of the guest.</param>
public sealed record TargetRequest(string Target);
