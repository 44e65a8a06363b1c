namespace Cove.Protocol.Messages;

/// <summary>Joins mounted layers to a container's root file system, with a writable layer in the guest's memory on top.</summary>
/// <param name="ContainerId">64 lower-case hex digits, chosen by the host.</param>
/// <param name="Layers">Targets of mounted layers, top layer first.</param>
/// <param name="Target">Exactly <c>/run/gcs/c/CONTAINER/rootfs</c>; see <see cref="GuestPaths.Rootfs"/>.</param>
/// <param name="ScratchPath">Exactly <c>/run/gcs/c/SANDBOX/scratch/CONTAINER</c>; see <see cref="GuestPaths.Scratch"/>.</param>
/// <param name="ScratchBytes">Size limit of the writable layer in bytes; 0 takes the guest's default.</param>
public sealed record MountOverlayRequest(
    string ContainerId, IReadOnlyList<string> Layers, string Target, string ScratchPath, long ScratchBytes = 0);
