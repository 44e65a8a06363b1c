using Cove.Volumes.Blobs;
using Cove.Volumes.Verity;

namespace Cove.Sidecar.Encfs;

/// <summary>One encrypted file system: the blob it is in, its key, and where it is to be seen.</summary>
/// <param name="Index">Its place in the arguments.</param>
/// <param name="MountPoint">An absolute path; becomes a link once the file system is there.</param>
/// <param name="Blob">The image.</param>
/// <param name="IsPrivate">Whether a token of this machine's identity is shown to the blob service.</param>
/// <param name="IsWritable">Whether it is mounted for writing, which takes a page blob.</param>
/// <param name="Key">Its key.</param>
/// <param name="Verity">What each block read is checked against; null for nothing, and then what was altered is read as other bytes.</param>
internal sealed record EncfsFileSystem(int Index, string MountPoint, BlobAddress Blob, bool IsPrivate, bool IsWritable, EncfsKey Key, VolumeVerity? Verity = null)
{
    /// <summary>The folder that the mount point leads to, beside it.</summary>
    public string LinkTarget => $".filesystem-{Index}";

    /// <summary>Where the file system is really mounted.</summary>
    public string MountFolder => Path.Combine(Path.GetDirectoryName(MountPoint)!, LinkTarget);

    /// <summary>A file that says why it is not there, for containers that wait for it.</summary>
    public string FailureFile => $"{MountFolder}.failed";
}
