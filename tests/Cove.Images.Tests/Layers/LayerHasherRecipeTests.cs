using System.Text;
using Cove.Images.Layers;

namespace Cove.Tests.Layers;

/// <summary>The reference's roots of three large tars, made here as Python's tarfile makes them (ustar).</summary>
public sealed class LayerHasherRecipeTests
{
    private const int Mebibyte = 1 << 20;

    [Fact]
    public void A_file_of_600_mebibytes_of_zeros_and_one_after_it()
    {
        using var tar = Zeros(600, TarBytes.File("after", "abc"u8));
        Assert.Equal("890e05a11ff20487de16c43eff7ec8132ed71b3d61e318bb5cdfd5447b387419", LayerHasher.ComputeRoot(tar, TestContext.Current.CancellationToken).Hex);
    }

    [Fact]
    public void A_file_of_127_mebibytes_of_zeros()
    {
        using var tar = Zeros(127, []);
        Assert.Equal("e1b8afd6603b60e446daae06413ac46a38405e65d3f3e7c5b8b7a1071cfc6a09", LayerHasher.ComputeRoot(tar, TestContext.Current.CancellationToken).Hex);
    }

    [Fact]
    public void Forty_thousand_empty_files()
    {
        var tar = TarBytes.Archive(Enumerable.Range(0, 40000).SelectMany(i => TarBytes.Header($"f{i:D5}")));
        Assert.Equal("45b4adbb41093df5df7cf6ac86dbfd678d13676d386f18cc5579306423cbcb77", LayerHasher.ComputeRoot(new MemoryStream(tar), TestContext.Current.CancellationToken).Hex);
    }

    [Fact]
    public void Holes_of_a_sparse_file_hash_as_the_zeros_they_stand_for()
    {
        const long size = 600L * Mebibyte;
        byte[] sparse = [.. TarBytes.Pax(("GNU.sparse.major", "0"), ("GNU.sparse.minor", "1"), ("GNU.sparse.numblocks", "0"), ("GNU.sparse.realsize", $"{size}")), .. TarBytes.Header("zero")];
        var tar = TarBytes.Archive(sparse, TarBytes.File("after", "abc"u8));
        Assert.Equal("890e05a11ff20487de16c43eff7ec8132ed71b3d61e318bb5cdfd5447b387419", LayerHasher.ComputeRoot(new MemoryStream(tar), TestContext.Current.CancellationToken).Hex);
    }

    private static PartsStream Zeros(int mebibytes, byte[] after)
    {
        var size = (long)mebibytes * Mebibyte;
        var end = new byte[10240 - ((512 + after.Length) % 10240)];
        Assert.True(end.Length >= 1024, Encoding.UTF8.GetString(after));
        return new PartsStream((TarBytes.Header("zero", size: size), 1), (new byte[Mebibyte], mebibytes), (after, 1), (end, 1));
    }
}
