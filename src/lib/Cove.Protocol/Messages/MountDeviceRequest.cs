namespace Cove.Protocol.Messages;

/// <summary>
/// Hands over a read-only layer. The guest copies it into its own memory while computing the dm-verity root itself, asks the policy about
/// that root, and mounts the copy: nothing the host says about the bytes is believed.
/// </summary>
/// <param name="Target">Where the guest mounts it, e.g. <c>/run/mounts/scsi/m0</c>.</param>
/// <param name="ImagePath">A file with the ext4 file system (anything after it is ignored), as the guest sees it.</param>
/// <param name="Options">Exactly <c>["ro"]</c>.</param>
/// <param name="Filesystem">Empty or <c>ext4</c>.</param>
public sealed record MountDeviceRequest(string Target, string ImagePath, IReadOnlyList<string>? Options = null, string Filesystem = "");
