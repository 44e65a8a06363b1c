using System.Security.Cryptography;
using System.Text;
using Cove.Images.Layers;
using Cove.Outcomes;

namespace Cove.Tests.Layers;

/// <summary>Layers compressed with Zstandard (RFC 8878).</summary>
public sealed class ZstdLayerTests
{
    private static readonly byte[] Tar = TarBytes.Archive(
        TarBytes.Directory("d/"), TarBytes.File("d/text", Encoding.ASCII.GetBytes(string.Concat(Enumerable.Range(0, 60_000)))), TarBytes.File("g", new byte[5000]));

    private static readonly LayerFacts Facts = LayerHasher.Hash(new MemoryStream(Tar));

    [Theory]
    [InlineData(-5, false)]
    [InlineData(1, true)]
    [InlineData(3, false)]
    [InlineData(19, true)]
    [InlineData(22, false)]
    public void A_compressed_layer_has_the_facts_and_the_root_of_its_tar(int level, bool checksum)
    {
        var blob = ZstdBytes.Compress(Tar, level, checksum);
        Assert.True(blob.Length < Tar.Length);
        Assert.Equal(Facts, Hash(blob));
        Assert.Equal(Facts.Root, LayerHasher.ComputeRoot(new MemoryStream(blob), TestContext.Current.CancellationToken));
    }

    [Theory]
    [InlineData("-1")]
    [InlineData("-19 --no-check")]
    [InlineData("--ultra -22")]
    [InlineData("--long=27 --no-content-size")]
    [InlineData("-T2 --rsyncable")]
    [InlineData("--fast=9")]
    public async Task What_the_zstd_tool_compressed_has_the_facts_of_its_tar(string options) =>
        Assert.Equal(Facts, Hash(await ZstdBytes.WithTool(Tar, "zstd", options.Split(' '))));

    [Fact]
    public async Task What_the_zstd_tool_compressed_with_a_larger_window_than_it_would_take_itself_is_refused() =>
        AssertProblem("a window of more than 134217728 bytes", await ZstdBytes.WithTool(Tar, "zstd", "--long=28"));

    [Fact]
    public async Task Parallel_frames_each_after_a_skippable_one_that_gives_its_length_have_the_facts_of_their_tar()
    {
        var blob = await ZstdBytes.WithTool(Tar, "pzstd", "-p", "2", "-1");
        Assert.Equal([0x50, 0x2a, 0x4d, 0x18], blob[..4]);
        Assert.Equal(Facts, Hash(blob));
    }

    [Fact]
    public void Frames_one_after_another_and_skippable_ones_anywhere_are_one_stream()
    {
        // As zstd:chunked has it: a frame for each piece, and what finds the pieces in skippable frames at the end.
        var pieces = new[] { Tar[..700], Tar[700..701], Tar[701..9000], Tar[9000..] }.Select((piece, at) => ZstdBytes.Compress(piece, checksum: at % 2 == 0)).ToList();
        byte[] index = ZstdBytes.Skippable(0, RandomNumberGenerator.GetBytes(3000));
        byte[] footer = ZstdBytes.Skippable(15, "GNUlInUx"u8);
        Assert.Equal(Facts, Hash([.. pieces.SelectMany(piece => piece), .. index, .. footer]));
        Assert.Equal(Facts, Hash([.. footer, .. pieces[0], .. ZstdBytes.Compress([]), .. index, .. pieces[1], .. ZstdBytes.Skippable(3, []), .. pieces[2], .. pieces[3]]));
    }

    [Fact]
    public void A_blob_that_comes_byte_by_byte_unpacks_to_the_same()
    {
        byte[] blob = [.. ZstdBytes.Skippable(1, "skipped"u8), .. ZstdBytes.Compress(Tar, checksum: true), .. ZstdBytes.Skippable(2, "skipped"u8)];
        Assert.Equal(Facts, LayerHasher.Hash(new SlowStream(blob), TestContext.Current.CancellationToken));
    }

    [Fact]
    public void A_blob_that_is_cut_short_anywhere_is_refused()
    {
        var blob = ZstdBytes.Compress(TarBytes.Archive(TarBytes.File("f", "content"u8)), checksum: true);
        Assert.NotNull(Hash(blob));
        for (var length = 4; length < blob.Length; length++) AssertProblem("is cut short", blob[..length]);
        for (var length = 1; length < 4; length++) Assert.Throws<MalformedException>(() => Hash(blob[..length]));
    }

    [Fact]
    public void A_frame_after_another_or_to_be_skipped_that_is_cut_short_anywhere_is_refused()
    {
        var whole = ZstdBytes.Compress(Tar);
        foreach (var second in new[] { ZstdBytes.Compress("padding"u8, checksum: true), ZstdBytes.Skippable(7, "skipped"u8) })
        {
            Assert.NotNull(Hash([.. whole, .. second]));
            for (var length = 1; length < second.Length; length++) AssertProblem("is cut short", [.. whole, .. second[..length]]);
        }
    }

    [Fact]
    public void What_follows_the_last_frame_is_refused()
    {
        var blob = ZstdBytes.Compress(Tar, checksum: true);
        AssertProblem("goes on with what is no zstd frame", [.. blob, 0, 0, 0, 0, 0, 0, 0, 0]);
        AssertProblem("goes on with what is no zstd frame", [.. blob, .. "trailing garbage"u8]);
        AssertProblem("goes on with what is no zstd frame", [.. blob, 0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 0]);
        Assert.Throws<MalformedException>(() => Hash([.. blob, 0]));
    }

    [Fact]
    public void A_checksum_that_does_not_fit_is_refused()
    {
        var blob = ZstdBytes.Compress(Tar, checksum: true);
        foreach (var at in (int[])[1, 2, 3, 4]) AssertProblem("has a checksum that its content does not fit", Flipped(blob, blob.Length - at));
    }

    [Fact]
    public void No_changed_bit_of_a_frame_with_a_checksum_gives_another_layer()
    {
        var tar = TarBytes.Archive(TarBytes.File("f", "content of a file"u8));
        var facts = LayerHasher.Hash(new MemoryStream(tar));
        var blob = ZstdBytes.Compress(tar, checksum: true);
        var refused = 0;
        for (var bit = 32; bit < blob.Length * 8; bit++)
        {
            var changed = blob.ToArray();
            changed[bit / 8] ^= (byte)(1 << (bit % 8));
            try
            {
                Assert.Equal(facts, Hash(changed));
            }
            catch (MalformedException)
            {
                refused++;
            }
        }

        // A few bits say nothing, such as the one of the frame's header that is not used.
        Assert.InRange(refused, (blob.Length - 4) * 8 * 9 / 10, (blob.Length - 4) * 8);
    }

    [Theory]
    [InlineData(0, true)]
    [InlineData(ZstdBytes.LargestWindow, true)]
    [InlineData(ZstdBytes.LargestWindow + 1, false)]
    [InlineData(ZstdBytes.LargestWindow + 8, false)]
    [InlineData(0xff, false)]
    public void A_frame_has_a_window_of_at_most_128_mebibytes(byte window, bool accepted)
    {
        // A block is at most as long as its window: 1 KiB, of the smallest.
        var blob = ZstdBytes.Frame(0, [window], [.. Tar.Chunk(1000).Select(part => ZstdBytes.Block(part, last: false)), ZstdBytes.Block([], last: true)]);
        if (accepted) Assert.Equal(Facts, Hash(blob));
        else AssertProblem("needs a window of more than 134217728 bytes", blob);
    }

    [Fact]
    public void A_frame_in_one_segment_has_its_content_for_a_window()
    {
        byte[] Sized(int size) => ZstdBytes.Frame(0xA0, BitConverter.GetBytes(size), ZstdBytes.Block([1], last: true));
        AssertProblem("needs a window of more than 134217728 bytes", Sized((128 << 20) + 1));
        AssertProblem("is damaged", Sized(128 << 20));
        Assert.Equal(Facts, Hash([.. ZstdBytes.Frame(0xA0, BitConverter.GetBytes(1), ZstdBytes.Block(Tar[..1], last: true)), .. ZstdBytes.Stored(Tar[1..])]));
    }

    [Theory]
    [InlineData(0x08, "uses a feature of frames that is not defined")]
    [InlineData(0x10, null)]
    [InlineData(0x00, null)]
    public void The_reserved_bit_of_a_frame_is_refused_and_the_unused_one_is_not(byte descriptor, string? problem)
    {
        var blob = ZstdBytes.Stored(Tar);
        blob[4] = descriptor;
        if (problem is null) Assert.Equal(Facts, Hash(blob));
        else AssertProblem(problem, blob);
    }

    [Theory]
    [InlineData(5, "needs a dictionary")]
    [InlineData(0, null)]
    public void A_frame_that_needs_a_dictionary_is_refused(byte dictionary, string? problem)
    {
        var stored = ZstdBytes.Stored(Tar);
        byte[] blob = [.. stored[..4], 0x01, stored[5], dictionary, .. stored[6..]];
        if (problem is null) Assert.Equal(Facts, Hash(blob));
        else AssertProblem(problem, blob);
    }

    [Fact]
    public void A_block_of_the_reserved_type_or_over_128_kibibytes_is_refused()
    {
        Assert.Equal(Facts, Hash(ZstdBytes.Frame(0, [ZstdBytes.LargestWindow], [.. Tar.Chunk(128 << 10).Select(part => ZstdBytes.Block(part, last: false)), ZstdBytes.Block([], last: true)])));
        AssertProblem("is damaged", ZstdBytes.Frame(0, [ZstdBytes.LargestWindow], ZstdBytes.Block(Tar[..1000], last: true, type: 3)));
        AssertProblem("is damaged", ZstdBytes.Frame(0, [ZstdBytes.LargestWindow], ZstdBytes.Block(Tar[..((128 << 10) + 1)], last: true)));
    }

    [Theory]
    [InlineData(0, true)]
    [InlineData(1, false)]
    [InlineData(-1, false)]
    public void The_content_is_as_long_as_its_frame_says(int more, bool accepted)
    {
        var tar = TarBytes.Archive(TarBytes.File("f", "content"u8));
        var blob = ZstdBytes.Frame(0x80, [ZstdBytes.LargestWindow, .. BitConverter.GetBytes(tar.Length + more)], ZstdBytes.Block(tar, last: true));
        if (accepted) Assert.NotNull(Hash(blob));
        else AssertProblem("is damaged", blob);
    }

    [Theory]
    [InlineData("zstd")]
    [InlineData("gzip")]
    public void A_blob_that_unpacks_to_more_than_is_taken_is_refused_as_soon_as_it_does(string compression)
    {
        const int Size = 64 << 20;
        var blob = compression == "zstd"
            ? ZstdBytes.Frame(0, [ZstdBytes.LargestWindow], [.. Enumerable.Range(0, 512).Select(at => ZstdBytes.Repeated(0, 128 << 10, last: at == 511))])
            : Gzip(Size);
        Assert.True(blob.Length < Size / 100);
        Assert.Equal(Size, Unpack(blob, Size));
        var refused = Assert.Throws<MalformedException>(() => Unpack(blob, Size - 1));
        Assert.Equal($"{compression} stream of layer", refused.Field);
        Assert.Contains($"unpacks to more than {Size - 1} bytes", refused.Message, StringComparison.Ordinal);
        Assert.InRange(Assert.Throws<MalformedException>(() => Unpack(blob, 100_000)).Offset!.Value, 100_001, 200_000);
    }

    [Fact]
    public void What_follows_the_end_of_an_archive_is_read_until_it_is_cancelled()
    {
        using var source = new CancellationTokenSource();
        using var endless = new SlowStream(new byte[20_000], whenRead: 15_000, then: source.Cancel);
        Assert.ThrowsAny<OperationCanceledException>(() => LayerHasher.Hash(endless, source.Token));
    }

    private static LayerFacts Hash(byte[] blob) => LayerHasher.Hash(new MemoryStream(blob), TestContext.Current.CancellationToken);

    private static long Unpack(byte[] blob, long maximum)
    {
        using var plain = LayerCompression.Decompress(new MemoryStream(blob), "layer", maximum);
        var buffer = new byte[100_000];
        var length = 0L;
        while (plain.Read(buffer) is > 0 and var read) length += read;
        return length;
    }

    private static byte[] Gzip(int zeros)
    {
        using var packed = new MemoryStream();
        using (var gzip = new System.IO.Compression.GZipStream(packed, System.IO.Compression.CompressionLevel.Fastest, leaveOpen: true))
        {
            for (var left = zeros; left > 0; left -= 1 << 20) gzip.Write(new byte[1 << 20]);
        }

        return packed.ToArray();
    }

    private static byte[] Flipped(byte[] blob, int at)
    {
        var changed = blob.ToArray();
        changed[at] ^= 1;
        return changed;
    }

    private static void AssertProblem(string problem, byte[] blob)
    {
        var refused = Assert.Throws<MalformedException>(() => Hash(blob));
        Assert.Equal("zstd stream of layer", refused.Field);
        Assert.Contains(problem, refused.Message, StringComparison.Ordinal);
    }

    /// <summary>Gives one byte at a time.</summary>
    private sealed class SlowStream(byte[] content, int whenRead = -1, Action? then = null) : MemoryStream(content)
    {
        public override bool CanSeek => false;

        public override int Read(byte[] buffer, int offset, int count)
        {
            if (Position == whenRead) then?.Invoke();
            return base.Read(buffer, offset, Math.Min(1, count));
        }
    }
}
