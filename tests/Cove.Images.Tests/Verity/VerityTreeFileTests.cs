using System.Security.Cryptography;
using Cove.Images.Verity;
using Cove.Outcomes;

namespace Cove.Tests.Verity;

public sealed class VerityTreeFileTests
{
    private const int Block = 4096;

    public static TheoryData<int> BlockCounts => [2, 128, 129, 300, 16384, 16385];

    [Theory]
    [MemberData(nameof(BlockCounts))]
    public void Its_first_block_hashes_to_the_root_of_the_image(int blocks)
    {
        var image = new byte[blocks * Block];
        new Random(blocks).NextBytes(image);
        using var tree = new MemoryStream();
        var root = VerityTreeFile.Write(new MemoryStream(image), tree, TestContext.Current.CancellationToken);
        Assert.Equal(VerityRoot.Compute(new MemoryStream(image), TestContext.Current.CancellationToken), root);
        Assert.Equal(root.Hex, Convert.ToHexStringLower(SHA256.HashData([.. new byte[32], .. tree.ToArray()[..Block]])));
    }

    [Fact]
    public void Levels_lie_from_the_top_down_each_hashing_the_next()
    {
        var image = new byte[300 * Block];
        new Random(1).NextBytes(image);
        using var tree = new MemoryStream();
        VerityTreeFile.Write(new MemoryStream(image), tree, TestContext.Current.CancellationToken);
        var bytes = tree.ToArray();

        // 300 digests fill three blocks of leaves, under one block at the top.
        Assert.Equal(4 * Block, bytes.Length);
        Assert.Equal(SHA256.HashData([.. new byte[32], .. bytes[Block..(2 * Block)]]), bytes[..32]);
        Assert.Equal(SHA256.HashData([.. new byte[32], .. image[..Block]]), bytes[Block..(Block + 32)]);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(Block + 1)]
    public void Refuses_what_is_not_whole_blocks(int size) =>
        Assert.Throws<MalformedException>(() => VerityTreeFile.Write(new MemoryStream(new byte[size]), new MemoryStream()));
}
