using System.Text;
using Cove.Images.Tar;
using Cove.Outcomes;
using FsCheck;
using FsCheck.Fluent;

namespace Cove.Tests.Tar;

public sealed class TarReaderTests
{
    [Fact]
    public void Extended_records_replace_the_fields_of_the_header()
    {
        var entry = Single(
            TarBytes.Pax(("path", "long/name"), ("linkpath", "target"), ("uid", "4294967294"), ("gid", "70000"), ("mtime", "-1.25"), ("atime", "1.5"), ("ctime", "7"), ("SCHILY.xattr.user.k", "v")),
            TarBytes.Header("short", '2', link: "other"));
        Assert.Equal(("long/name", "target", 4294967294L, 70000L), (entry.Name, entry.LinkName, entry.UserId, entry.GroupId));
        Assert.Equal((new TarTime(-2, 750_000_000), new TarTime(1, 500_000_000), new TarTime(7)), (entry.Modified!.Value, entry.Accessed!.Value, entry.Changed!.Value));
        Assert.Equal(("user.k", "v"), (entry.Attributes[0].Name, Encoding.UTF8.GetString(entry.Attributes[0].Value)));
    }

    [Fact]
    public void Extended_records_hold_for_one_entry_only()
    {
        using var tar = Open(TarBytes.Pax(("path", "first")), TarBytes.Header("a"), TarBytes.Header("b"));
        Assert.Equal(["first", "b"], [tar.Next()!.Name, tar.Next()!.Name]);
        Assert.Null(tar.Next());
    }

    [Fact]
    public void An_empty_record_leaves_the_header_as_it_is() => Assert.Equal("kept", Single(TarBytes.Pax(("path", "")), TarBytes.Header("kept")).Name);

    [Fact]
    public void A_global_header_shows_as_an_empty_file_of_its_own()
    {
        using var tar = Open(TarBytes.PaxOf('g', ("comment", "c"), ("mtime", "5")), TarBytes.Header("f"));
        var global = tar.Next()!;
        Assert.Equal(("pax", TarEntryKind.File, 0L, 0L, null), (global.Name, global.Kind, global.Mode, global.Size, global.Modified));
        Assert.Equal(new TarTime(TarBytes.Time), tar.Next()!.Modified);
    }

    [Fact]
    public void Gnu_long_names_win_over_everything()
    {
        var name = new string('n', 300);
        var entry = Single(TarBytes.GnuLong('L', name), TarBytes.GnuLong('K', "long-target"), TarBytes.Pax(("path", "pax")), TarBytes.Header("cut", '2', link: "cut"));
        Assert.Equal((name, "long-target"), (entry.Name, entry.LinkName));
    }

    [Fact]
    public void The_prefix_of_ustar_stands_before_the_name() => Assert.Equal("pre/fix/name", Single(TarBytes.Header("name").With(345, "pre/fix"u8)).Name);

    [Fact]
    public void Gnu_headers_hold_times_where_ustar_holds_the_prefix()
    {
        var entry = Single(TarBytes.Header("name", dialect: "gnu").With(345, "00000000012\0"u8).With(357, "00000000013\0"u8));
        Assert.Equal(("name", new TarTime(10), new TarTime(11)), (entry.Name, entry.Accessed!.Value, entry.Changed!.Value));
    }

    [Fact]
    public void A_prefix_that_an_old_writer_put_into_a_gnu_header_is_still_one()
    {
        var entry = Single(TarBytes.Header("name", dialect: "gnu").With(345, "prefix/of/old"u8));
        Assert.Equal(("prefix/of/old/name", null, null), (entry.Name, entry.Accessed, entry.Changed));
    }

    [Fact]
    public void An_old_header_ending_in_a_slash_is_a_directory()
    {
        Assert.Equal(TarEntryKind.Directory, Single(TarBytes.Header("d/", '\0', dialect: "v7")).Kind);
        Assert.Equal(TarEntryKind.File, Single(TarBytes.Header("d", '\0', dialect: "v7")).Kind);
        Assert.Equal(TarEntryKind.File, Single(TarBytes.Header("d/", '0')).Kind);
    }

    [Theory]
    [InlineData(new byte[] { 0x80, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0 }, 256)]
    [InlineData(new byte[] { 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xfb }, -5)]
    public void Base_256_numbers_may_be_negative(byte[] field, long seconds) => Assert.Equal(new TarTime(seconds), Single(TarBytes.Header("t").With(136, field)).Modified);

    [Fact]
    public void Refuses_a_base_256_number_beyond_64_bits() =>
        Assert.Equal(136, Assert.Throws<MalformedException>(() => Single(TarBytes.Header("t").With(136, [0x80, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0]))).Offset);

    [Fact]
    public void A_checksum_may_be_summed_over_signed_bytes()
    {
        var header = TarBytes.Header("\u00e9t\u00e9");
        header.AsSpan(148, 8).Fill((byte)' ');
        Encoding.ASCII.GetBytes(Convert.ToString(header.Sum(b => (sbyte)b), 8).PadLeft(6, '0') + "\0 ").CopyTo(header, 148);
        Assert.Equal("\u00e9t\u00e9", Single(header).Name);
    }

    [Fact]
    public void An_old_gnu_sparse_file_is_read_with_its_holes()
    {
        var header = TarBytes.Header("s", 'S', 1024, dialect: "gnu").With(386, "00000001000\000000001000\000000003000\000000001000\0"u8).With(483, "00000004000\0"u8);
        using var tar = Open(header, new byte[1024]);
        var entry = tar.Next()!;
        Assert.Equal(2048, entry.Size);
        Assert.Equal([new TarRun(512, true), new TarRun(512, false), new TarRun(512, true), new TarRun(512, false)], entry.Runs);
    }

    [Fact]
    public void A_sparse_map_in_the_content_is_not_content()
    {
        var map = Encoding.ASCII.GetBytes("1\n10\n3\n");
        var stored = TarBytes.Content(map).Concat("abc"u8.ToArray()).ToArray();
        using var tar = Open(TarBytes.Pax(("GNU.sparse.major", "1"), ("GNU.sparse.minor", "0"), ("GNU.sparse.name", "real"), ("GNU.sparse.realsize", "20")), TarBytes.File("x", stored));
        var entry = tar.Next()!;
        Assert.Equal(("real", 20L), (entry.Name, entry.Size));
        Assert.Equal([new TarRun(10, true), new TarRun(3, false), new TarRun(7, true)], entry.Runs);
        var content = new byte[3];
        Assert.Equal(3, tar.Read(content));
        Assert.Equal("abc"u8.ToArray(), content);
        Assert.Null(tar.Next());
    }

    [Fact]
    public void What_is_no_number_is_refused_with_its_offset() =>
        Assert.Equal(512 + 124, Assert.Throws<MalformedException>(() =>
        {
            using var tar = Open(TarBytes.Header("a"), TarBytes.Header("b").With(124, "9"u8));
            tar.Next();
            tar.Next();
        }).Offset);

    [Fact]
    public void Whatever_bytes_come_there_is_an_entry_the_end_or_a_refusal()
    {
        var good = TarBytes.Archive(
            TarBytes.Pax(("path", "p"), ("GNU.sparse.map", "0,1"), ("GNU.sparse.numblocks", "1"), ("GNU.sparse.realsize", "9")), TarBytes.File("a", "x"u8),
            TarBytes.GnuLong('L', "n"), TarBytes.File("b", "y"u8));
        Prop.ForAll<int, byte>((at, value) =>
        {
            // Checksums are mended, so that the damage reaches the parsers behind them.
            var tar = good.ToArray();
            var place = (int)((uint)at % (uint)good.Length);
            tar[place] = value;
            for (var block = 0; block < tar.Length; block += 512)
            {
                if (tar.AsSpan(block + 257, 5).SequenceEqual("ustar"u8)) TarBytes.Seal(tar.AsSpan(block, 512).ToArray()).CopyTo(tar, block);
            }

            using var reader = new TarReader(new MemoryStream(tar));
            try
            {
                while (reader.Next() is not null)
                {
                }
            }
            catch (MalformedException)
            {
                return true;
            }

            return true;
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(3000));
    }

    private static TarReader Open(params IEnumerable<byte>[] entries) => new(new MemoryStream(TarBytes.Archive(entries)));

    private static TarEntry Single(params IEnumerable<byte>[] entries)
    {
        using var tar = Open(entries);
        return tar.Next()!;
    }
}
