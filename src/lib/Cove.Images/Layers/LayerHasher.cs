using Cove.Images.Ext4;
using Cove.Images.Tar;
using Cove.Images.Verity;
using Cove.Outcomes;

namespace Cove.Images.Layers;

/// <summary>
/// A layer's tar → ext4 → dm-verity root hash: the number by which a policy names the layer. One pass over the tar; memory grows with
/// the number of files only. All methods block: run them off the caller's thread where that matters.
/// </summary>
public static class LayerHasher
{
    /// <summary>The disk size that policies assume, in bytes (128 GiB). Another size gives another root hash.</summary>
    public const long PolicyDiskSize = Ext4Format.PolicyDiskSize;

    /// <summary>Computes the root hash only: about twice as fast on one processor as learning the digest of the tar as well.</summary>
    /// <inheritdoc cref="Hash" path="/param"/>
    /// <inheritdoc cref="Hash" path="/exception"/>
    public static RootHash ComputeRoot(Stream layer, CancellationToken cancellation = default)
    {
        using var plain = LayerCompression.Decompress(layer, "layer");
        return Convert(plain, null, PolicyDiskSize, drain: false, cancellation).Root;
    }

    /// <summary>Computes what a layer determines without writing its image.</summary>
    /// <param name="layer">The tar, plain or compressed with gzip or zstd; read to its end, never sought.</param>
    /// <param name="cancellation">Stops between groups of blocks.</param>
    /// <exception cref="MalformedException">Not a tar, cut short, over a limit, or something the file system cannot hold.</exception>
    public static LayerFacts Hash(Stream layer, CancellationToken cancellation = default) => Convert(layer, null, PolicyDiskSize, "layer", cancellation);

    /// <summary>Computes what a layer determines and writes its ext4 image.</summary>
    /// <param name="layer">The tar, plain or compressed with gzip or zstd; read to its end, never sought.</param>
    /// <param name="image">Takes the image: empty, and able to seek. Runs of zeros become holes.</param>
    /// <param name="cancellation">Stops between groups of blocks.</param>
    /// <exception cref="MalformedException">Not a tar, cut short, over a limit, or something the file system cannot hold.</exception>
    public static LayerFacts WriteExt4(Stream layer, Stream image, CancellationToken cancellation = default) => Convert(layer, image, PolicyDiskSize, "layer", cancellation);

    internal static LayerFacts Convert(Stream layer, Stream? image, long diskSize, string name, CancellationToken cancellation)
    {
        using var plain = LayerCompression.Decompress(layer, name);
        using var digesting = new DigestingStream(plain);
        var (root, size) = Convert(digesting, image, diskSize, drain: true, cancellation);
        return new LayerFacts(root, size, digesting.Digest());
    }

    private static (RootHash Root, long Size) Convert(Stream plain, Stream? image, long diskSize, bool drain, CancellationToken cancellation)
    {
        using var tar = new TarReader(plain);
        var writer = new Ext4Writer(image, diskSize, cancellation);
        new LayerConverter(tar, writer).Convert();
        if (drain) tar.Drain(cancellation);
        return writer.Finish();
    }
}
