using Cove.Images.Ext4;
using Cove.Images.Tar;
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

    /// <summary>Computes what a layer determines without writing its image.</summary>
    /// <param name="layer">The tar, plain or gzip-compressed; read to its end, never sought.</param>
    /// <param name="cancellation">Stops between groups of blocks.</param>
    /// <exception cref="MalformedException">Not a tar, cut short, over a limit, or something the file system cannot hold.</exception>
    public static LayerFacts Hash(Stream layer, CancellationToken cancellation = default) => Convert(layer, null, PolicyDiskSize, "layer", cancellation);

    /// <summary>Computes what a layer determines and writes its ext4 image.</summary>
    /// <param name="layer">The tar, plain or gzip-compressed; read to its end, never sought.</param>
    /// <param name="image">Takes the image: empty, and able to seek. Runs of zeros become holes.</param>
    /// <param name="cancellation">Stops between groups of blocks.</param>
    /// <exception cref="MalformedException">Not a tar, cut short, over a limit, or something the file system cannot hold.</exception>
    public static LayerFacts WriteExt4(Stream layer, Stream image, CancellationToken cancellation = default) => Convert(layer, image, PolicyDiskSize, "layer", cancellation);

    internal static LayerFacts Convert(Stream layer, Stream? image, long diskSize, string name, CancellationToken cancellation)
    {
        using var plain = LayerCompression.Decompress(layer, name);
        using var digesting = new DigestingStream(plain);
        using var tar = new TarReader(digesting);
        var writer = new Ext4Writer(image, diskSize, cancellation);
        try
        {
            new LayerConverter(tar, writer).Convert();
            tar.Drain();
        }
        catch (InvalidDataException damaged)
        {
            throw new MalformedException("OCI image", $"gzip stream of {name}", "is damaged", tar.Offset, damaged);
        }

        var (root, size) = writer.Finish();
        return new LayerFacts(root, size, digesting.Digest());
    }
}
