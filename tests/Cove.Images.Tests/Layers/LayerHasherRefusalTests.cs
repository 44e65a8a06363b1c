using System.IO.Compression;
using System.Security.Cryptography;
using System.Text;
using Cove.Images.Layers;
using Cove.Outcomes;

namespace Cove.Tests.Layers;

public sealed class LayerHasherRefusalTests
{
    private static readonly byte[] Good = TarBytes.Archive(TarBytes.Directory("d/"), TarBytes.File("d/f", "content"u8), TarBytes.File("g", new byte[5000]));

    [Fact]
    public void Accepts_the_tar_that_the_other_tests_break() => Assert.Equal(64, Root(Good).Length);

    [Theory]
    [InlineData(100, 0)]
    [InlineData(512 + 511, 512)]
    [InlineData(1024 + 3, 1024)]
    [InlineData(2048 + 4999, 2048)]
    public void Refuses_a_tar_that_is_cut_short_and_says_where(int length, int after)
    {
        var offset = Refuse(Good[..length]).Offset;
        Assert.InRange(offset!.Value, after, length);
    }

    [Fact]
    public void Takes_the_end_of_the_stream_between_entries_for_the_end_of_the_archive() => Assert.Equal(Root(Good), Root(Good[..(2048 + 5120)]));

    [Fact]
    public void Refuses_noise()
    {
        var noise = RandomNumberGenerator.GetBytes(4096);
        noise[0] = 1;
        Assert.Equal(0, Refuse(noise).Offset);
    }

    [Fact]
    public void Refuses_a_header_whose_checksum_does_not_fit_and_says_where()
    {
        var tar = Good.ToArray();
        tar[512] ^= 1;
        Assert.Equal(512, Refuse(tar).Offset);
    }

    [Fact]
    public void Refuses_a_single_block_of_zeros_before_an_entry() =>
        Assert.Equal(1024, Refuse([.. TarBytes.Header("a"), .. new byte[512], .. TarBytes.Header("b"), .. new byte[1024]]).Offset);

    [Fact]
    public void Refuses_an_extended_header_without_an_entry() => Assert.Contains("no entry", Refuse(TarBytes.Archive(TarBytes.Pax(("path", "x")))).Message, StringComparison.Ordinal);

    [Fact]
    public void Refuses_an_extended_header_over_a_mebibyte() =>
        Assert.Contains("extended header", Refuse([.. TarBytes.Header("pax", 'x', (1 << 20) + 1), .. new byte[2 << 20]]).Message, StringComparison.Ordinal);

    [Fact]
    public void Refuses_a_file_larger_than_the_disk() =>
        Assert.Contains("describe", Refuse(TarBytes.Header("big").With(124, [0x80, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0])).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData("255", 255, true)]
    [InlineData("256", 256, false)]
    public void A_part_of_a_name_has_at_most_255_bytes(string what, int length, bool accepted)
    {
        var tar = TarBytes.Archive(TarBytes.GnuLong('L', new string('n', length)), TarBytes.Header(what));
        if (accepted) Assert.Equal(64, Root(tar).Length);
        else Assert.Contains("255", Refuse(tar).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Refuses_a_path_over_4096_bytes() =>
        Assert.Contains("4096", Refuse(TarBytes.Archive(TarBytes.GnuLong('L', string.Concat(Enumerable.Repeat("a/", 2049))), TarBytes.Header("x"))).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData("user.a", 4000, true)]
    [InlineData("user.a", 4100, false)]
    [InlineData("system.data", 4, false)]
    public void Extended_attributes_fit_the_inode_and_one_block(string name, int size, bool accepted)
    {
        var tar = TarBytes.Archive(TarBytes.Pax(("SCHILY.xattr." + name, new string('v', size))), TarBytes.Header("x"));
        if (accepted) Assert.Equal(64, Root(tar).Length);
        else Assert.Contains("extended attributes", Refuse(tar).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Refuses_more_attributes_in_the_block_than_have_a_settled_order()
    {
        byte[] With(int count) => TarBytes.Archive(TarBytes.Pax([.. Enumerable.Range(0, count).Select(i => ($"SCHILY.xattr.user.attribute{i:D2}", new string('v', 90)))]), TarBytes.Header("x"));
        Assert.Equal(64, Root(With(12)).Length);
        Assert.Contains("are over 12", Refuse(With(13)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Refuses_what_would_replace_a_directory_with_a_file()
    {
        Assert.Contains("directory with a file", Refuse(TarBytes.Archive(TarBytes.Directory("d"), TarBytes.Header("d"))).Message, StringComparison.Ordinal);
        Assert.Contains("file with a directory", Refuse(TarBytes.Archive(TarBytes.Header("d"), TarBytes.Directory("d"))).Message, StringComparison.Ordinal);
        Assert.Contains("no directory", Refuse(TarBytes.Archive(TarBytes.Header("d"), TarBytes.Header("d/x"))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Refuses_to_overwrite_content() =>
        Assert.Contains("has content", Refuse(TarBytes.Archive(TarBytes.File("f", "1"u8), TarBytes.File("f", "2"u8))).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData("nowhere", "does not exist")]
    [InlineData("d", "to a directory")]
    public void Refuses_a_hard_link_to_what_is_no_file(string target, string problem) =>
        Assert.Contains(problem, Refuse(TarBytes.Archive(TarBytes.Directory("d"), TarBytes.Header("l", '1', link: target))).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData("0,4,2,4", "overlaps")]
    [InlineData("0,4,8,90", "leaves")]
    [InlineData("0,4,8,3", "stored")]
    [InlineData("0,4,8", "entries")]
    [InlineData("0,4,x,4", "numbers")]
    public void Refuses_a_sparse_map_that_cannot_be(string map, string problem)
    {
        byte[] Sparse(string m) => TarBytes.Archive(
            TarBytes.Pax(("GNU.sparse.numblocks", "2"), ("GNU.sparse.realsize", "20"), ("GNU.sparse.map", m)), TarBytes.File("s", "abcdefgh"u8));
        Assert.Equal(Root(TarBytes.Archive(TarBytes.File("s", "abcd\0\0\0\0efgh\0\0\0\0\0\0\0\0"u8))), Root(Sparse("0,4,8,4")));
        Assert.Contains(problem, Refuse(Sparse(map)).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("6 a=b\nx")]
    [InlineData("x a=b\n")]
    [InlineData("7 a=b\n")]
    [InlineData("6 a:b\n")]
    [InlineData("99 a=b\n")]
    [InlineData("12 mtime=1x\n")]
    [InlineData("11 path=a\0\n")]
    public void Refuses_an_extended_record_that_is_none(string record) =>
        Refuse([.. TarBytes.Header("pax", 'x', record.Length), .. TarBytes.Content(Encoding.Latin1.GetBytes(record)), .. TarBytes.Archive(TarBytes.Header("f"))]);

    [Theory]
    [InlineData(5)]
    [InlineData(600)]
    [InlineData(1024)]
    public void One_flipped_byte_of_the_tar_changes_the_root_or_is_refused(int at)
    {
        var tar = Good.ToArray();
        tar[at] ^= 0x20;
        if (at % 512 == 0) Assert.NotEqual(Root(Good), Root(tar));
        else Assert.Equal(at / 512 * 512, Refuse(tar).Offset);
    }

    [Fact]
    public void A_gzip_compressed_layer_has_the_facts_of_its_tar()
    {
        Assert.Equal(LayerHasher.Hash(new MemoryStream(Good)), LayerHasher.Hash(new MemoryStream(Gzip(Good))));
    }

    [Fact]
    public void Refuses_damaged_gzip()
    {
        var blob = Gzip([.. TarBytes.Header("noise", size: 100_000), .. RandomNumberGenerator.GetBytes(100_352), .. new byte[1024]]);
        Refuse(blob[..(blob.Length / 2)]);
        blob[20000] ^= 0xff;
        blob[^6] ^= 0xff;
        Refuse(blob);
    }

    [Fact]
    public void Stops_when_it_is_cancelled()
    {
        using var source = new CancellationTokenSource();
        source.Cancel();
        var tar = new PartsStream((TarBytes.Header("data", size: 8 << 20), 1), (new byte[1 << 20], 8), (new byte[1024], 1));
        Assert.Throws<OperationCanceledException>(() => LayerHasher.Hash(tar, source.Token));
    }

    private static byte[] Gzip(byte[] plain)
    {
        using var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.Fastest, leaveOpen: true)) gzip.Write(plain);
        return packed.ToArray();
    }

    private static string Root(byte[] tar) => LayerHasher.Hash(new MemoryStream(tar)).Root.Hex;

    private static MalformedException Refuse(byte[] tar) => Assert.Throws<MalformedException>(() => LayerHasher.Hash(new MemoryStream(tar)));
}
