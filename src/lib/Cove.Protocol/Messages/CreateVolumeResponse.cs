namespace Cove.Protocol.Messages;

/// <summary>The volume exists.</summary>
/// <param name="Source">What a mount of it names as its source, e.g. <c>sandbox:///tmp/atlas/emptydir/cache</c>.</param>
public sealed record CreateVolumeResponse(string Source);
