using System.Security.Cryptography;
using Cove.Images.Layers;
using Cove.Images.Verity;
using Cove.Outcomes;

namespace Cove.Tests.Verity;

public sealed class VerityRootTests
{
    private const int Block = 4096;

    // Sizes around the edges of a leaf block (128 blocks) and of a second level (16384 blocks).
    public static TheoryData<int> BlockCounts => [2, 127, 128, 129, 256, 300, 16383, 16384, 16385];

    [Theory]
    [MemberData(nameof(BlockCounts))]
    public void Equals_a_tree_built_level_by_level(int blocks)
    {
        var image = Image(blocks);
        Assert.Equal(Naive(image), VerityRoot.Compute(new MemoryStream(image)).Hex);
    }

    [Fact]
    public void Copies_what_it_hashes_even_where_reads_are_short()
    {
        var image = Image(300);
        image.AsSpan(130 * Block, 128 * Block).Clear();
        using var seekable = new MemoryStream();
        Assert.Equal(Naive(image), VerityRoot.CopyTo(new ShortReads(image), seekable).Hex);
        Assert.Equal(image, seekable.ToArray());
    }

    [Fact]
    public void Copies_to_a_stream_that_cannot_seek()
    {
        var image = Image(400);
        image.AsSpan(128 * Block, 128 * Block).Clear();
        using var target = new MemoryStream();
        using var forward = new CryptoStream(target, new ToBase64Transform(), CryptoStreamMode.Write, leaveOpen: true);
        Assert.Equal(Naive(image), VerityRoot.CopyTo(new MemoryStream(image), forward).Hex);
        forward.FlushFinalBlock();
        Assert.Equal(Convert.ToBase64String(image), System.Text.Encoding.ASCII.GetString(target.ToArray()));
    }

    [Fact]
    public void One_flipped_bit_anywhere_changes_the_root()
    {
        var image = Image(300);
        var root = VerityRoot.Compute(new MemoryStream(image));
        foreach (var at in new[] { 0, 1, Block, (128 * Block) - 1, 128 * Block, image.Length - 1 })
        {
            image[at] ^= 1;
            Assert.NotEqual(root, VerityRoot.Compute(new MemoryStream(image)));
            image[at] ^= 1;
        }

        Assert.Equal(root, VerityRoot.Compute(new MemoryStream(image)));
    }

    [Fact]
    public void The_root_of_a_written_image_is_the_root_of_its_layer()
    {
        using var layer = File.OpenRead(Vectors.Path("roothash", "13-many-entries.tar"));
        using var image = new MemoryStream();
        var facts = LayerHasher.WriteExt4(layer, image);
        image.Position = 0;
        Assert.Equal(facts.Root, VerityRoot.Compute(image));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(Block - 1)]
    [InlineData((3 * Block) + 512)]
    public void Refuses_an_image_that_is_no_whole_number_of_blocks(int size) =>
        Assert.Equal(size, Assert.Throws<MalformedException>(() => VerityRoot.Compute(new MemoryStream(new byte[size]))).Offset);

    [Fact]
    public void Refuses_to_copy_over_something() =>
        Assert.Throws<ArgumentException>(() => VerityRoot.CopyTo(new MemoryStream(new byte[Block]), new MemoryStream([1])));

    [Theory]
    [InlineData("8b4842f06982817534a75bcf71865213b09dfa8313229c384e5201dadbd75e25", true)]
    [InlineData("8B4842f06982817534a75bcf71865213b09dfa8313229c384e5201dadbd75e25", false)]
    [InlineData("8b4842f06982817534a75bcf71865213b09dfa8313229c384e5201dadbd75e2", false)]
    [InlineData("", false)]
    [InlineData(null, false)]
    public void Reads_a_root_only_as_64_lower_case_digits(string? text, bool valid)
    {
        Assert.Equal(valid, RootHash.TryParse(text, out var root));
        Assert.Equal(valid ? text : null, root?.Hex);
    }

    private static byte[] Image(int blocks)
    {
        var image = new byte[blocks * Block];
        for (var i = 0; i < image.Length; i += 97) image[i] = (byte)(i * 31 / 97);
        return image;
    }

    private static string Naive(byte[] data)
    {
        var level = data;
        do
        {
            var blocks = level.Chunk(Block).Select(block => SHA256.HashData([.. new byte[32], .. block]));
            var digests = blocks.SelectMany(digest => digest).ToArray();
            level = new byte[(digests.Length + Block - 1) / Block * Block];
            digests.CopyTo(level, 0);
        }
        while (level.Length > Block);

        return Convert.ToHexStringLower(SHA256.HashData([.. new byte[32], .. level]));
    }

    private sealed class ShortReads(byte[] data) : MemoryStream(data)
    {
        public override int Read(Span<byte> buffer) => base.Read(buffer[..Math.Min(buffer.Length, 1000)]);
    }
}
