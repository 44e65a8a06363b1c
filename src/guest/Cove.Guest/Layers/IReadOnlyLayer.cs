using Cove.Images.Verity;

namespace Cove.Guest.Layers;

/// <summary>A layer whose bytes cannot become others than those its root stands for, wherever they lie.</summary>
public interface IReadOnlyLayer : IDisposable
{
    /// <summary>The dm-verity root: what a policy is asked about.</summary>
    RootHash Root { get; }

    /// <summary>Mounts the file system in it, read-only.</summary>
    /// <param name="target">Where; made.</param>
    /// <exception cref="Linux.LinuxException">It holds no ext4 file system, or bytes that do not fit the root.</exception>
    void Mount(string target);
}
