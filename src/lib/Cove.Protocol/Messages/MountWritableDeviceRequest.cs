namespace Cove.Protocol.Messages;

/// <summary>
/// Mounts writable space. It is the guest's own memory, never a device of the host: that is what the policy language calls encrypted with a key
/// that only the guest has. Space in the clear is decided like any other, and then not given.
/// </summary>
/// <param name="Target">Where, e.g. <c>/run/gcs/c/SANDBOX</c>. Nothing may be there yet.</param>
/// <param name="Encrypted">Whether nobody but the guest can read it.</param>
/// <param name="EnsureFilesystem">Whether the guest makes its file system.</param>
/// <param name="Filesystem">What the policy is asked about, e.g. <c>xfs</c> or <c>ext4</c>.</param>
/// <param name="SizeBytes">Most bytes it holds; 0 takes the guest's default.</param>
public sealed record MountWritableDeviceRequest(
    string Target, bool Encrypted = true, bool EnsureFilesystem = true, string Filesystem = "xfs", long SizeBytes = 0);
