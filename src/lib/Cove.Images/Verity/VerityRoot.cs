using Cove.Outcomes;
using static Cove.Images.Verity.VerityHash;

namespace Cove.Images.Verity;

/// <summary>
/// The dm-verity root of an image as it is read: SHA-256, 4096-byte data and hash blocks, 32 zero bytes of salt
/// (the tree that confidential-container policies name). One pass, constant memory.
/// </summary>
public static class VerityRoot
{
    /// <summary>The largest image taken: 128 GiB, the disk size that policies assume.</summary>
    public const long MaximumImageSize = 128L << 30;

    /// <summary>Computes the root of everything that is left in the stream.</summary>
    /// <inheritdoc cref="CopyTo"/>
    public static RootHash Compute(Stream image, CancellationToken cancellation = default) => Run(image, null, cancellation);

    /// <summary>
    /// Copies an image while computing its root, so that the bytes checked are the bytes kept: the copy is what may be mounted, never
    /// the source. The copy is complete, and must not be used, before the root was compared.
    /// </summary>
    /// <param name="image">Where the image comes from; read to its end, never sought.</param>
    /// <param name="copy">Where it goes. When it can seek, it must be empty; runs of zeros become holes.</param>
    /// <param name="cancellation">Stops between groups of 128 blocks.</param>
    /// <exception cref="MalformedException">The image is empty, over <see cref="MaximumImageSize"/>, or no whole number of blocks.</exception>
    public static RootHash CopyTo(Stream image, Stream copy, CancellationToken cancellation = default) => Run(image, copy, cancellation);

    private static RootHash Run(Stream image, Stream? copy, CancellationToken cancellation)
    {
        if (copy is { CanSeek: true, Length: > 0 }) throw new ArgumentException("the copy must start empty", nameof(copy));
        var pipeline = new BlockPipeline(copy, holdFirst: false, cancellation);
        while (true)
        {
            var count = image.Read(pipeline.Free);
            if (count == 0) break;
            pipeline.Advance(count);
            if (pipeline.Position > MaximumImageSize)
                throw new MalformedException("layer image", "size", $"is over {MaximumImageSize} bytes", MaximumImageSize);
        }

        if (pipeline.Position == 0 || pipeline.Position % BlockSize != 0)
            throw new MalformedException("layer image", "size", $"is {pipeline.Position} bytes, expected whole blocks of {BlockSize}", pipeline.Position);
        return pipeline.Finish([]);
    }
}
