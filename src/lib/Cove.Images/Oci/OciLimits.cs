namespace Cove.Images.Oci;

/// <summary>What is accepted of an image; each limit is checked before memory is taken.</summary>
internal static class OciLimits
{
    /// <summary>Bytes of an index, manifest or configuration: what registries accept.</summary>
    public const int MaximumJson = 4 << 20;

    /// <summary>Layers of one image; overlayfs and container engines stop at 127 or below.</summary>
    public const int MaximumLayers = 127;

    /// <summary>Bytes of one layer blob, and of what a compressed one unpacks to: no more than the disk that its file system is made for.</summary>
    public const long MaximumLayer = 128L << 30;

    /// <summary>Images named by one index or one archive.</summary>
    public const int MaximumImages = 1024;

    /// <summary>How deep an index may point to another index.</summary>
    public const int MaximumIndexDepth = 4;
}
