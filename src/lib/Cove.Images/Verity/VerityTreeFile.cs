using System.Security.Cryptography;
using Cove.Outcomes;
using static Cove.Images.Verity.VerityHash;

namespace Cove.Images.Verity;

/// <summary>
/// The dm-verity hash tree of an image as a file, the form in which the kernel reads it: version 1, no superblock, SHA-256, 4096-byte
/// blocks, 32 zero bytes of salt, top level first. Its first block hashes to the root that <see cref="VerityRoot"/> computes.
/// </summary>
public static class VerityTreeFile
{
    private const int GroupBlocks = 256;

    /// <summary>Writes the tree of everything that is left in the stream. Holds the tree, 1/128 of the image, in memory.</summary>
    /// <param name="image">The image; read to its end.</param>
    /// <param name="tree">Where the tree goes.</param>
    /// <param name="cancellation">Stops between groups of blocks.</param>
    /// <returns>The root.</returns>
    /// <exception cref="MalformedException">The image is empty, over the largest size taken, or no whole number of blocks.</exception>
    public static RootHash Write(Stream image, Stream tree, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(image);
        ArgumentNullException.ThrowIfNull(tree);
        var levels = new Stack<byte[]>();
        levels.Push(Pad(Leaves(image, cancellation)));
        while (levels.Peek().Length > BlockSize) levels.Push(Pad(Hash(levels.Peek())));
        var root = Hash(levels.Peek());
        foreach (var level in levels) tree.Write(level);
        return new RootHash(root);
    }

    private static byte[] Leaves(Stream image, CancellationToken cancellation)
    {
        using var digests = new MemoryStream();
        var buffer = new byte[SaltSize + (GroupBlocks * BlockSize)];
        var hashes = new byte[GroupBlocks * DigestSize];
        long size = 0;
        while (true)
        {
            cancellation.ThrowIfCancellationRequested();
            var read = image.ReadAtLeast(buffer.AsSpan(SaltSize), GroupBlocks * BlockSize, throwOnEndOfStream: false);
            size += read;
            if (read % BlockSize != 0 || size == 0 || size > VerityRoot.MaximumImageSize)
                throw new MalformedException("layer image", "size", $"is {size} bytes, expected whole blocks of {BlockSize}, at most {VerityRoot.MaximumImageSize}", size);
            if (read == 0) return digests.ToArray();
            HashBlocks(buffer, read / BlockSize, hashes);
            digests.Write(hashes, 0, read / BlockSize * DigestSize);
        }
    }

    private static byte[] Hash(byte[] level)
    {
        var salted = NewSaltedBlock();
        var digests = new byte[level.Length / BlockSize * DigestSize];
        for (var block = 0; block < level.Length / BlockSize; block++)
        {
            level.AsSpan(block * BlockSize, BlockSize).CopyTo(salted.AsSpan(SaltSize));
            SHA256.HashData(salted, digests.AsSpan(block * DigestSize, DigestSize));
        }

        return digests;
    }

    private static byte[] Pad(byte[] digests)
    {
        var padded = new byte[(digests.Length + BlockSize - 1) / BlockSize * BlockSize];
        digests.CopyTo(padded, 0);
        return padded;
    }
}
