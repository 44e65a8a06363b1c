using System.Globalization;
using Cove.Outcomes;

namespace Cove.Volumes.Verity;

/// <summary>
/// What every byte of a read-only volume's file system is checked against: the root of its dm-verity tree, and how many blocks the tree is over. Its text,
/// <c>BLOCKS:ROOT</c>, stands in the sidecar's arguments and is thereby part of the group's policy. It is public.
/// </summary>
public sealed class VolumeVerity
{
    /// <summary>Bytes of a block, of data and of the tree alike.</summary>
    public const int BlockBytes = 4096;

    /// <summary>Bytes of the root hash (SHA-256).</summary>
    public const int RootBytes = 32;

    /// <summary>The most blocks taken: 128 GiB.</summary>
    public const long MaximumBlocks = (128L << 30) / BlockBytes;

    private const string Format = "volume verity";

    private readonly byte[] root;

    private VolumeVerity(long dataBlocks, byte[] root) => (DataBlocks, this.root) = (dataBlocks, root);

    /// <summary>Blocks of the file system; the tree lies directly behind it.</summary>
    public long DataBlocks { get; }

    /// <summary>SHA-256 over 32 zero bytes and the tree's first block.</summary>
    public ReadOnlySpan<byte> RootHash => root;

    /// <summary>Of a tree that was just made.</summary>
    /// <exception cref="MalformedException">No block, or more than <see cref="MaximumBlocks"/>; or the hash is not <see cref="RootBytes"/> bytes.</exception>
    public static VolumeVerity Of(long dataBlocks, ReadOnlySpan<byte> rootHash)
    {
        if (dataBlocks is <= 0 or > MaximumBlocks) throw new MalformedException(Format, "blocks", $"are {dataBlocks}, expected 1 to {MaximumBlocks}");
        if (rootHash.Length != RootBytes) throw new MalformedException(Format, "root hash", $"is {rootHash.Length} bytes, expected {RootBytes}");
        return new VolumeVerity(dataBlocks, rootHash.ToArray());
    }

    /// <summary>Reads <c>BLOCKS:ROOT</c>: a decimal number without leading zeros, and 64 lower-case hexadecimal digits.</summary>
    /// <exception cref="MalformedException">It is anything else.</exception>
    public static VolumeVerity Parse(string text)
    {
        var colon = text.IndexOf(':', StringComparison.Ordinal);
        if (colon < 0) throw new MalformedException(Format, "text", "is not BLOCKS:ROOT");
        var (number, hash) = (text[..colon], text[(colon + 1)..]);
        if (!long.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out var blocks) || number[0] == '0')
            throw new MalformedException(Format, "blocks", "is not a decimal number");
        if (hash.Length != 2 * RootBytes || hash.Any(digit => !char.IsAsciiHexDigitLower(digit)))
            throw new MalformedException(Format, "root hash", "is not 64 lower-case hexadecimal digits");
        return Of(blocks, Convert.FromHexString(hash));
    }

    /// <summary><c>BLOCKS:ROOT</c>, as <see cref="Parse"/> reads it.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{DataBlocks}:{Convert.ToHexStringLower(root)}");
}
