using Cove.Images.Ext4;
using Cove.Images.Layers;
using Cove.Images.Tar;
using Cove.Images.Verity;

namespace Cove.Tests.Ext4;

public sealed class Ext4WriterTests
{
    private const int FirstGroup = 512 << 10;

    /// <summary>A block of attributes that was already hashed is written again in place: in the held group, in a passed one, and in the open one.</summary>
    [Theory]
    [InlineData(0, 0)]
    [InlineData(0, 3 * FirstGroup)]
    [InlineData(3 * FirstGroup, 0)]
    [InlineData(3 * FirstGroup, 3 * FirstGroup)]
    [InlineData(129 * FirstGroup, 0)]
    public void A_directory_announced_again_has_its_attributes_replaced_in_place(int before, int between)
    {
        byte[] Layer(string value) => TarBytes.Archive(
            File("before", before),
            TarBytes.Pax(("SCHILY.xattr.user.k", Long(value))), TarBytes.Directory("d"),
            File("between", between),
            TarBytes.Pax(("SCHILY.xattr.user.k", Long("n"))), TarBytes.Directory("d"));
        var replaced = Image(Layer("o"), out var root);
        Assert.Equal(root, VerityRoot.Compute(new MemoryStream(replaced)));
        Assert.True(Image(Layer("n"), out _).AsSpan().SequenceEqual(replaced));
        Assert.Equal(root, LayerHasher.ComputeRoot(new MemoryStream(Layer("o"))));
    }

    [Fact]
    public void A_directory_announced_again_without_attributes_keeps_an_empty_block()
    {
        var layer = TarBytes.Archive(TarBytes.Pax(("SCHILY.xattr.user.k", Long("o"))), TarBytes.Directory("d"), File("between", FirstGroup), TarBytes.Directory("d"));
        var image = Image(layer, out var root);
        Assert.Equal(root, VerityRoot.Compute(new MemoryStream(image)));
        Assert.Equal(-1, image.AsSpan().IndexOf("ooooo"u8));
    }

    [Fact]
    public void An_opaque_marker_keeps_the_attributes_that_the_directory_has()
    {
        byte[] marked = TarBytes.Archive(
            TarBytes.Pax(("SCHILY.xattr.user.a", "1"), ("SCHILY.xattr.user.k", Long("v"))), TarBytes.Directory("d"), TarBytes.Header("d/.wh..wh..opq"));
        byte[] written = TarBytes.Archive(
            TarBytes.Pax(("SCHILY.xattr.user.a", "1"), ("SCHILY.xattr.user.k", Long("v")), ("SCHILY.xattr.trusted.overlay.opaque", "y")), TarBytes.Directory("d"));
        Assert.Equal(Image(written, out _), Image(marked, out _));
    }

    [Fact]
    public void Inline_attributes_survive_a_second_announcement_and_new_values_win()
    {
        byte[] twice = TarBytes.Archive(
            TarBytes.Pax(("SCHILY.xattr.user.a", "1"), ("SCHILY.xattr.user.b", "2")), TarBytes.Directory("d"), TarBytes.Pax(("SCHILY.xattr.user.b", "3")), TarBytes.Directory("d"));
        byte[] once = TarBytes.Archive(TarBytes.Pax(("SCHILY.xattr.user.a", "1"), ("SCHILY.xattr.user.b", "3")), TarBytes.Directory("d"));
        Assert.Equal(Image(once, out _), Image(twice, out _));
    }

    [Fact]
    public void Names_are_taken_from_the_root_and_lead_nowhere_else()
    {
        var plain = Image(TarBytes.Archive(TarBytes.Directory("a"), TarBytes.File("a/c", "x"u8)), out _);
        foreach (var odd in new[] { "/a/c", "./a//c", "a/b/../c", "../../a/./c", "a/c/" })
            Assert.Equal(plain, Image(TarBytes.Archive(TarBytes.Directory("a/"), TarBytes.File(odd, "x"u8)), out _));
    }

    [Fact]
    public void A_whiteout_is_a_character_device_of_its_name()
    {
        var device = TarBytes.Header("gone", '3', mode: 0, time: 0);
        Assert.Equal(Image(TarBytes.Archive(device), out _), Image(TarBytes.Archive(TarBytes.File(".wh.gone", "ignored"u8)), out _));
        Assert.Throws<Outcomes.MalformedException>(() => Image(TarBytes.Archive(TarBytes.Header("d/.wh...")), out _));
    }

    [Theory]
    [InlineData(0, 0u, 0UL)]
    [InlineData(1, 0u, 1UL)]
    [InlineData(1, 5u, 1UL | (5UL << 34))]
    [InlineData(-1, 0u, 0xffffffffffffffffUL)]
    [InlineData(-2147483649, 0u, 0x80000000UL)]
    [InlineData(15032385536, 0u, 0x37fffffffUL)]
    [InlineData(-62135596800, 0u, 0UL)]
    public void Times_are_packed_as_the_reference_packs_them(long seconds, uint nanoseconds, ulong packed) =>
        Assert.Equal(packed, FsTime.From(new TarTime(seconds, nanoseconds)));

    [Theory]
    [InlineData(1700000000, 123456789u, true)]
    [InlineData(0, 0u, true)]
    [InlineData(-5, 0u, false)]
    public void Times_before_1970_do_not_survive_being_copied_to_a_child(long seconds, uint nanoseconds, bool same)
    {
        var packed = FsTime.From(new TarTime(seconds, nanoseconds));
        Assert.Equal(same ? packed : 0x37fffffffUL, FsTime.Repack(packed));
    }

    private static string Long(string value) => string.Concat(Enumerable.Repeat(value, 200));

    private static byte[] File(string name, int size)
    {
        var content = new byte[size];
        content.AsSpan().Fill(7);
        return size == 0 ? [] : TarBytes.File(name, content);
    }

    private static byte[] Image(byte[] layer, out RootHash root)
    {
        using var image = new MemoryStream();
        root = LayerHasher.WriteExt4(new MemoryStream(layer), image).Root;
        return image.ToArray();
    }
}
