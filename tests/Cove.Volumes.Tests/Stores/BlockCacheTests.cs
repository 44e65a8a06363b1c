using System.Security.Cryptography;
using Cove.Outcomes;
using Cove.Volumes.Stores;

namespace Cove.Volumes.Tests.Stores;

public sealed class BlockCacheTests
{
    private const int Block = 16 * 1024;
    private static readonly BlockCacheOptions Small = new() { BlockBytes = Block, Blocks = 4, ReadAhead = 0, SectorBytes = 512 };

    private readonly byte[] content = RandomNumberGenerator.GetBytes((20 * Block) + 3 * 512);

    [Theory]
    [InlineData(0, 1)]
    [InlineData(Block - 1, 2)]
    [InlineData(Block, Block)]
    [InlineData(Block - 1, Block + 2)]
    [InlineData((3 * Block) + 7, 9 * Block)]
    [InlineData((20 * Block) + 1, 3 * 512 - 1)]
    public async Task Any_range_is_read_whatever_blocks_it_crosses(int offset, int length)
    {
        await using var cache = new BlockCache(new MemoryStore(content), Small);
        var buffer = new byte[length];
        Assert.Equal(length, await cache.ReadAsync(offset, buffer, default));
        Assert.Equal(content[offset..(offset + length)], buffer);
    }

    [Fact]
    public async Task A_read_ends_where_the_volume_ends()
    {
        await using var cache = new BlockCache(new MemoryStore(content), Small);
        var buffer = new byte[100];
        Assert.Equal(10, await cache.ReadAsync(content.Length - 10, buffer, default));
        Assert.Equal(0, await cache.ReadAsync(content.Length, buffer, default));
        Assert.Equal(0, await cache.ReadAsync(long.MaxValue, buffer, default));
    }

    [Fact]
    public async Task What_was_read_is_not_fetched_again()
    {
        var store = new MemoryStore(content);
        await using var cache = new BlockCache(store, Small);
        for (var i = 0; i < 10; i++) await cache.ReadAsync(i * 100, new byte[100], default);
        Assert.Equal([(0, Block)], store.Reads);
    }

    [Fact]
    public async Task Only_written_sectors_go_to_the_store_and_only_at_a_flush()
    {
        var store = new MemoryStore(content);
        await using var cache = new BlockCache(store, Small);
        await cache.WriteAsync(512, new byte[1024], default);
        await cache.WriteAsync(Block + 100, new byte[1], default);
        Assert.Empty(store.Writes);
        await cache.FlushAsync(default);
        Assert.Equal([(512, 1024), (Block, 512)], store.Writes.Order());
        Assert.Equal(1, store.Flushes);
        await cache.FlushAsync(default);
        Assert.Equal(2, store.Writes.Count);
    }

    [Fact]
    public async Task A_whole_block_is_written_without_reading_it_first()
    {
        var store = new MemoryStore(content);
        await using var cache = new BlockCache(store, Small);
        await cache.WriteAsync(Block, new byte[Block], default);
        await cache.FlushAsync(default);
        Assert.Empty(store.Reads);
        Assert.Equal(new byte[Block], store.Content[Block..(2 * Block)]);
    }

    [Fact]
    public async Task A_block_that_leaves_takes_its_writes_to_the_store()
    {
        var store = new MemoryStore(content);
        await using var cache = new BlockCache(store, Small);
        await cache.WriteAsync(0, "written"u8.ToArray(), default);
        for (var i = 1; i < 10; i++) await cache.ReadAsync(i * Block, new byte[1], default);
        Assert.Equal("written"u8.ToArray(), store.Content[..7]);
        var buffer = new byte[7];
        await cache.ReadAsync(0, buffer, default);
        Assert.Equal("written"u8.ToArray(), buffer);
    }

    [Fact]
    public async Task A_failed_flush_loses_nothing_and_the_next_one_completes_it()
    {
        var store = new MemoryStore(content);
        await using var cache = new BlockCache(store, Small);
        await cache.WriteAsync(Block, new byte[Block], default);
        store.IsAway = true;
        await Assert.ThrowsAsync<UnavailableException>(() => cache.FlushAsync(default));
        await Assert.ThrowsAsync<UnavailableException>(async () => await cache.ReadAsync(0, new byte[1], default));
        store.IsAway = false;
        await cache.FlushAsync(default);
        Assert.Equal(new byte[Block], store.Content[Block..(2 * Block)]);
        Assert.Equal(1, await cache.ReadAsync(0, new byte[1], default));
    }

    [Fact]
    public async Task A_sequential_reader_finds_the_next_blocks_fetched()
    {
        var store = new MemoryStore(content);
        await using var cache = new BlockCache(store, Small with { Blocks = 8, ReadAhead = 3 });
        await cache.ReadAsync(0, new byte[Block], default);
        while (store.Reads.Count < 4) await Task.Delay(1, TestContext.Current.CancellationToken);
        await cache.ReadAsync(Block, new byte[2 * Block], default);

        // Reading ahead goes on meanwhile, so what is counted is what was read up to one moment.
        var reads = store.Reads.ToArray();
        Assert.Equal([0, Block, 2 * Block, 3 * Block], reads.Take(4).Select(read => read.At).Order());
        Assert.Equal(reads.Distinct(), reads);
    }

    [Fact]
    public async Task A_store_that_answers_at_once_is_not_read_ahead()
    {
        var store = new MemoryStore(content) { AnswersAtOnce = true };
        await using var cache = new BlockCache(store, Small with { Blocks = 8, ReadAhead = 3 });
        for (var i = 0; i < 3; i++) Assert.Equal(Block, await cache.ReadAsync(i * Block, new byte[Block], default));
        Assert.Equal([0, Block, 2 * Block], store.Reads.Select(read => read.At));
    }

    [Theory]
    [InlineData(Block, 1)]
    [InlineData(Block - 1, 2)]
    public async Task Blocks_read_to_the_end_leave_before_those_that_were_used_longer_ago(int length, int fetched)
    {
        var store = new MemoryStore(content);
        await using var cache = new BlockCache(store, Small);
        await cache.ReadAsync(0, new byte[1], default);
        for (var i = 1; i < 20; i++) await cache.ReadAsync(i * Block, new byte[length], default);
        await cache.ReadAsync(0, new byte[1], default);
        Assert.Equal(fetched, store.Reads.Count(read => read.At == 0));
    }

    [Fact]
    public async Task Many_readers_of_what_nobody_writes_see_it()
    {
        var store = new MemoryStore(content) { IsWritable = false };
        await using var cache = new BlockCache(store, Small with { ReadAhead = 1 });
        await Parallel.ForAsync(0, 8, async (_, cancellation) =>
        {
            for (var round = 0; round < 500; round++)
            {
                var at = RandomNumberGenerator.GetInt32(content.Length);
                var data = new byte[RandomNumberGenerator.GetInt32(1, Math.Min(content.Length - at, 3 * Block) + 1)];
                Assert.Equal(data.Length, await cache.ReadAsync(at, data, cancellation));
                Assert.True(content.AsSpan(at, data.Length).SequenceEqual(data), $"round {round}");
            }
        });
        await Assert.ThrowsAsync<InvalidOperationException>(async () => await cache.WriteAsync(0, new byte[1], default));
    }

    [Fact]
    public async Task Many_readers_and_writers_see_what_one_after_another_would()
    {
        var store = new MemoryStore(content);
        await using var cache = new BlockCache(store, Small with { ReadAhead = 1 });
        const int Workers = 8;
        var own = content.Length / Workers / 512 * 512;

        // Each worker has a part of its own, in blocks that it shares with others, so that what it reads back is its own last write.
        await Parallel.ForAsync(0, Workers, async (worker, cancellation) =>
        {
            var mirror = content.AsSpan(worker * own, own).ToArray();
            for (var round = 0; round < 300; round++)
            {
                var at = RandomNumberGenerator.GetInt32(own);
                var length = RandomNumberGenerator.GetInt32(1, Math.Min(own - at, 3 * Block) + 1);
                if (round % 3 == 0)
                {
                    var data = RandomNumberGenerator.GetBytes(length);
                    data.CopyTo(mirror, at);
                    await cache.WriteAsync((worker * own) + at, data, cancellation);
                }
                else
                {
                    var data = new byte[length];
                    Assert.Equal(length, await cache.ReadAsync((worker * own) + at, data, cancellation));
                    Assert.True(mirror.AsSpan(at, length).SequenceEqual(data), $"worker {worker} round {round}");
                }

                if (round % 50 == 0) await cache.FlushAsync(cancellation);
            }

            await cache.FlushAsync(cancellation);
            Assert.True(store.Content.AsSpan(worker * own, own).SequenceEqual(mirror), $"worker {worker} in the store");
        });
    }

    [Fact]
    public async Task A_write_outside_the_volume_is_refused()
    {
        await using var cache = new BlockCache(new MemoryStore(content), Small);
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(async () => await cache.WriteAsync(content.Length - 1, new byte[2], default));
    }
}
