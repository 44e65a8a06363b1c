using System.Security.Cryptography;
using Cove.Outcomes;
using Cove.Volumes.Ciphers;
using Cove.Volumes.Luks;
using Cove.Volumes.Stores;

namespace Cove.Volumes.Tests.Stores;

/// <summary>What a kernel with dm-crypt is given. That of a read-only volume with a tree: <c>VerifiedStoreTests</c>.</summary>
public sealed class CiphertextStoreTests
{
    private const int Offset = 8192;
    private const int Length = 10 * 4096;

    private readonly byte[] image = RandomNumberGenerator.GetBytes(Offset + Length);

    [Fact]
    public async Task The_data_is_read_and_written_as_it_is_stored_and_a_flush_is_one_of_the_image()
    {
        var below = new MemoryStore(image);
        await using var store = Open(below).ToCiphertext();
        Assert.Equal(Length, store.Length);
        var read = new byte[Length];
        await store.ReadAsync(0, read, default);
        Assert.True(read.AsSpan().SequenceEqual(image.AsSpan(Offset)));

        var written = RandomNumberGenerator.GetBytes(4096);
        await store.WriteAsync(8192, written, default);
        await store.FlushAsync(default);
        Assert.Equal(written, image[(Offset + 8192)..(Offset + 8192 + 4096)]);
        Assert.Equal(1, below.Flushes);
    }

    [Fact]
    public async Task A_cache_over_it_brings_back_the_sectors_that_were_written_and_no_other()
    {
        var below = new MemoryStore(image);
        await using var store = Open(below).ToCiphertext();
        await using var cache = new BlockCache(store, new BlockCacheOptions { BlockBytes = 16384, Blocks = 4, SectorBytes = 4096 });
        var written = RandomNumberGenerator.GetBytes(4096);
        await cache.WriteAsync(4096, written, default);
        await cache.FlushAsync(default);
        Assert.Equal([(Offset + 4096, 4096)], below.Writes);
        Assert.Equal(written, image[(Offset + 4096)..(Offset + 8192)]);
    }

    [Fact]
    public async Task The_key_is_forgotten_with_it()
    {
        var decrypted = Open(new MemoryStore(image));
        await decrypted.ReadAsync(0, new byte[4096], default);
        await using var store = decrypted.ToCiphertext();
        await Assert.ThrowsAsync<ObjectDisposedException>(async () => await decrypted.ReadAsync(0, new byte[4096], default));
    }

    [Theory]
    [InlineData(512, 5UL, true)]
    [InlineData(4096, 8UL, true)]
    [InlineData(4096, 5UL, false)]
    [InlineData(1024, 5UL, false)]
    public void A_first_sector_is_a_whole_one(int sector, ulong first, bool taken)
    {
        if (taken) Assert.Equal(Length, Open(new MemoryStore(image), sector, first).Length);
        else Assert.Equal("iv_tweak", Assert.Throws<MalformedException>(() => Open(new MemoryStore(image), sector, first)).Field);
    }

    private static LuksStore Open(MemoryStore image, int sector = 4096, ulong first = 0) =>
        new(image, new LuksSegment(0, "crypt", Offset, null, first, "aes-xts-plain64", sector, false), new XtsCipher(RandomNumberGenerator.GetBytes(64), sector));
}
