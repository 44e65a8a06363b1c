using System.Security.Cryptography;
using Cove.Volumes.Ciphers;
using Cove.Volumes.Luks;
using Cove.Volumes.Stores;
using Cove.Volumes.Tests.Stores;
using Cove.Volumes.Verity;

namespace Cove.Volumes.Tests.Verity;

public sealed class VerifiedStoreTests
{
    private const int Block = 4096;
    private const int ImageOffset = 8192;

    /// <summary>One leaf block; a second level; a second group of leaf blocks.</summary>
    public static TheoryData<int> Sizes => [1, 2, 127, 128, 129, (64 * 128) + 1];

    [Theory]
    [MemberData(nameof(Sizes))]
    public async Task What_was_not_altered_is_read(int blocks)
    {
        var volume = await Volume.CreateAsync(blocks);
        await using var store = await volume.OpenAsync();
        Assert.Equal(blocks * (long)Block, store.Length);
        var read = new byte[store.Length];
        await store.ReadAsync(0, read, default);
        Assert.True(read.AsSpan().SequenceEqual(volume.Data));
    }

    [Theory]
    [MemberData(nameof(Sizes))]
    public async Task A_block_that_was_altered_is_named_and_the_others_are_read(int blocks)
    {
        var volume = await Volume.CreateAsync(blocks);
        var altered = blocks - 1;
        volume.Alter((altered * Block) + 17);
        await using var store = await volume.OpenAsync();
        var failed = await Assert.ThrowsAsync<AlteredVolumeException>(async () => await store.ReadAsync(altered * (long)Block, new byte[Block], default));
        Assert.Equal(("volume-content-altered", $"block {altered}"), (failed.Finding.Code, failed.Finding.Field));
        if (altered == 0) return;
        var others = new byte[altered * Block];
        await store.ReadAsync(0, others, default);
        Assert.True(others.AsSpan().SequenceEqual(volume.Data.AsSpan(0, others.Length)));
    }

    [Fact]
    public async Task Its_ciphertext_is_that_of_the_file_system_alone_and_is_checked_all_the_same()
    {
        var volume = await Volume.CreateAsync(129);
        var below = volume.Decrypted();
        await using var store = (await volume.OpenAsync()).ToCiphertext();
        Assert.Equal((129L * Block, false), (store.Length, store.IsWritable));
        var read = new byte[store.Length];
        await store.ReadAsync(0, read, default);
        below.Blocks.Decode(0, read, read);
        Assert.True(read.AsSpan().SequenceEqual(volume.Data));

        volume.Alter((7 * Block) + 17);
        await store.ReadAsync(6 * Block, new byte[Block], default);
        var failed = await Assert.ThrowsAsync<AlteredVolumeException>(async () => await store.ReadAsync(7 * Block, new byte[Block], default));
        Assert.Equal("block 7", failed.Finding.Field);
        await Assert.ThrowsAsync<InvalidOperationException>(async () => await store.WriteAsync(0, new byte[Block], default));
    }

    [Theory]
    [MemberData(nameof(Sizes))]
    public async Task Two_blocks_that_changed_places_are_noticed(int blocks)
    {
        if (blocks < 2) return;
        var volume = await Volume.CreateAsync(blocks);
        await using (var below = volume.Decrypted())
        {
            await below.WriteAsync(0, volume.Data.AsMemory(Block, Block), default);
            await below.WriteAsync(Block, volume.Data.AsMemory(0, Block), default);
        }

        await using var store = await volume.OpenAsync();
        var failed = await Assert.ThrowsAsync<AlteredVolumeException>(async () => await store.ReadAsync(0, new byte[2 * Block], default));
        Assert.Equal("block 0", failed.Finding.Field);
    }

    [Theory]
    [InlineData(200, 0, "hash tree, level 1, block 0")]
    [InlineData(20_000, 0, "hash tree, level 2, block 0")]
    [InlineData(20_000, 1, "hash tree, level 1, block 0")]
    public async Task A_tree_whose_upper_levels_were_altered_is_refused_at_once(int blocks, int treeBlock, string field)
    {
        var volume = await Volume.CreateAsync(blocks);
        volume.Alter(((blocks + treeBlock) * Block) + 5);
        var findings = Assert.IsType<Cove.Outcomes.Verdict<VerifiedStore>.Rejected>(await volume.Decrypted().VerifyAsync(volume.Verity, default)).Findings;
        Assert.Equal(("volume-content-altered", field), (findings[0].Code, findings[0].Field));
    }

    [Fact]
    public async Task A_tree_whose_lowest_level_was_altered_is_refused_where_it_is_needed()
    {
        const int Blocks = 200;
        var volume = await Volume.CreateAsync(Blocks);
        volume.Alter(((Blocks + 2) * Block) + 5);
        await using var store = await volume.OpenAsync();
        var failed = await Assert.ThrowsAsync<AlteredVolumeException>(async () => await store.ReadAsync(0, new byte[Block], default));
        Assert.Equal("hash tree, level 0, block 1", failed.Finding.Field);
    }

    [Theory]
    [InlineData(0, -1)]
    [InlineData(1, 0)]
    [InlineData(-1, 0)]
    public async Task Another_length_than_that_of_data_and_tree_is_refused(int blocks, int imageBlocks)
    {
        var volume = await Volume.CreateAsync(100);
        var verity = VolumeVerity.Of(100 + blocks, volume.Verity.RootHash);
        var findings = Assert.IsType<Cove.Outcomes.Verdict<VerifiedStore>.Rejected>(await volume.Decrypted(imageBlocks).VerifyAsync(verity, default)).Findings;
        Assert.Equal("length", findings[0].Field);
    }

    [Fact]
    public async Task Through_a_cache_an_altered_block_is_given_to_nobody_and_the_rest_is()
    {
        const int Blocks = 300;
        var volume = await Volume.CreateAsync(Blocks);
        volume.Alter((150 * Block) + 1);
        await using var store = await volume.OpenAsync();
        await using var cache = new BlockCache(store, new BlockCacheOptions { BlockBytes = 4 * Block, Blocks = 8, ReadAhead = 2 });
        var read = new byte[Blocks * Block];
        for (var at = 0; at < Blocks; at++)
        {
            var block = read.AsMemory(at * Block, Block);
            if (at is >= 148 and < 152) await Assert.ThrowsAsync<AlteredVolumeException>(async () => await cache.ReadAsync(at * Block, block, default));
            else Assert.Equal(Block, await cache.ReadAsync(at * Block, block, default));
        }

        volume.Data.AsSpan(148 * Block, 4 * Block).Clear();
        Assert.True(read.AsSpan().SequenceEqual(volume.Data));
        await Assert.ThrowsAsync<InvalidOperationException>(async () => await cache.WriteAsync(0, new byte[Block], default));
    }

    /// <summary>An encrypted volume in memory, with a tree that is computed here as the kernel's documentation describes it.</summary>
    private sealed class Volume
    {
        private readonly byte[] key = RandomNumberGenerator.GetBytes(64);
        private byte[] image = [];

        public byte[] Data { get; private init; } = [];

        public VolumeVerity Verity { get; private set; } = null!;

        public static async Task<Volume> CreateAsync(int blocks)
        {
            var volume = new Volume { Data = RandomNumberGenerator.GetBytes(blocks * Block) };
            var tree = new List<byte[]>();
            var level = volume.Data;
            do tree.Insert(0, level = Digests(level));
            while (level.Length > Block);
            volume.Verity = VolumeVerity.Of(blocks, Digests(level).AsSpan(0, 32));
            byte[] content = [.. volume.Data, .. tree.SelectMany(part => part)];
            volume.image = new byte[ImageOffset + content.Length];
            await using var store = volume.Decrypted();
            await store.WriteAsync(0, content, default);
            return volume;
        }

        public void Alter(int at) => image[ImageOffset + at] ^= 1;

        public LuksStore Decrypted(int moreBlocks = 0)
        {
            var segment = new LuksSegment(0, "crypt", ImageOffset, null, 0, "aes-xts-plain64", Block, false);
            var bytes = moreBlocks == 0 ? image : image[..(image.Length + (moreBlocks * Block))];
            return new LuksStore(new MemoryStore(bytes), segment, new XtsCipher(key, Block));
        }

        public async Task<VerifiedStore> OpenAsync()
        {
            Assert.True((await Decrypted().VerifyAsync(Verity, default)).IsAccepted(out var store, out var findings), string.Join("; ", findings));
            return store;
        }

        private static byte[] Digests(byte[] content)
        {
            var digests = content.Chunk(Block).SelectMany(block => SHA256.HashData([.. new byte[32], .. block])).ToArray();
            Array.Resize(ref digests, (digests.Length + Block - 1) / Block * Block);
            return digests;
        }
    }
}
