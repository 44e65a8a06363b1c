namespace Cove.Protocol.Messages;

/// <summary>Mounts scratch space of its own. What a root file system needs, <see cref="MountOverlayRequest"/> mounts itself.</summary>
/// <param name="Target">Where. Nothing may be there yet.</param>
/// <param name="Encrypted">Whether nobody but the guest can read it; space in the clear is decided, and then not given.</param>
/// <param name="SizeBytes">Most bytes it holds; 0 takes the guest's default.</param>
public sealed record MountScratchRequest(string Target, bool Encrypted = true, long SizeBytes = 0);
