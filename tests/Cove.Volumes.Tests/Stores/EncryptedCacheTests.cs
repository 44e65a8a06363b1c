using System.Security.Cryptography;
using Cove.Volumes.Ciphers;
using Cove.Volumes.Luks;
using Cove.Volumes.Stores;

namespace Cove.Volumes.Tests.Stores;

/// <summary>A cache over an encrypted volume, which holds sectors encrypted, next to the volume's plain content.</summary>
public sealed class EncryptedCacheTests
{
    private const int Block = 16 * 1024;
    private const int Length = (9 * Block) + 8192;

    private readonly byte[] plain = RandomNumberGenerator.GetBytes(Length);

    [Theory]
    [InlineData(512)]
    [InlineData(4096)]
    public async Task Any_range_reads_and_writes_as_plain_content_would(int sector)
    {
        var (image, store) = await CreateAsync(sector);
        await using var cache = new BlockCache(store, Options(sector));
        var mirror = plain.ToArray();
        for (var round = 0; round < 400; round++)
        {
            var at = RandomNumberGenerator.GetInt32(Length);
            var length = RandomNumberGenerator.GetInt32(1, Math.Min(Length - at, 3 * Block) + 1);
            if (round % 4 == 0) (at, length) = (at / sector * sector, Math.Max(sector, length / sector * sector));
            length = Math.Min(length, Length - at);
            var data = RandomNumberGenerator.GetBytes(length);
            if (round % 3 == 0)
            {
                data.CopyTo(mirror, at);
                await cache.WriteAsync(at, data, default);
            }

            Assert.Equal(length, await cache.ReadAsync(at, data, default));
            Assert.True(mirror.AsSpan(at, length).SequenceEqual(data), $"{length} bytes at {at}, round {round}");
            if (round % 50 == 0) await cache.FlushAsync(default);
        }

        await cache.FlushAsync(default);
        var stored = new byte[Length];
        await store.ReadAsync(0, stored, default);
        Assert.True(stored.AsSpan().SequenceEqual(mirror));
        Assert.NotEmpty(image.Writes);
    }

    [Fact]
    public async Task One_byte_written_brings_back_its_sector_and_no_other()
    {
        var (image, store) = await CreateAsync(4096);
        image.Writes.Clear();
        await using var cache = new BlockCache(store, Options(4096));
        await cache.WriteAsync(Block + 4097, new byte[1], default);
        await cache.FlushAsync(default);
        Assert.Equal([(store.Segment.Offset + Block + 4096, 4096)], image.Writes);
        plain[Block + 4097] = 0;
        var read = new byte[Length];
        await store.ReadAsync(0, read, default);
        Assert.Equal(plain, read);
    }

    [Fact]
    public async Task A_block_that_cuts_sectors_is_refused()
    {
        var (_, store) = await CreateAsync(4096);
        Assert.Throws<ArgumentException>(() => new BlockCache(store, Options(4096) with { BlockBytes = Block + 512 }));
    }

    private static BlockCacheOptions Options(int sector) => new() { BlockBytes = Block, Blocks = 4, ReadAhead = 1, SectorBytes = sector };

    private async Task<(MemoryStore Image, LuksStore Store)> CreateAsync(int sector)
    {
        var segment = new LuksSegment(0, "crypt", 8192, null, 40, "aes-xts-plain64", sector, false);
        var image = new MemoryStore(new byte[segment.Offset + Length]);
        var store = new LuksStore(image, segment, new XtsCipher(RandomNumberGenerator.GetBytes(64), sector));
        await store.WriteAsync(0, plain, default);
        return (image, store);
    }
}
