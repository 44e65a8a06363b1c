using System.Security.Cryptography;
using Cove.Guest.Layers;
using Cove.Images.Verity;
using Cove.Outcomes;

namespace Cove.Guest.Tests.Layers;

public sealed class VerifiedLayerTests : IDisposable
{
    private const string Outside = "/nonexistent/state";

    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("cove-layer-");

    public void Dispose() => folder.Delete(recursive: true);

    [Fact]
    public void The_copy_has_the_root_of_its_bytes_and_keeps_them_when_the_host_changes_its_file()
    {
        var bytes = RandomNumberGenerator.GetBytes(300 * 4096);
        var file = Write(bytes);
        using var layer = VerifiedLayer.TakeIn(file, Outside);
        File.WriteAllBytes(file, new byte[bytes.Length]);
        Assert.Equal(VerityRoot.Compute(new MemoryStream(bytes)), layer.Root);
        var copy = new byte[bytes.Length];
        RandomAccess.Read(layer.Content.Handle, copy, 0);
        Assert.Equal(bytes, copy);
    }

    [Fact]
    public void The_copy_is_sealed()
    {
        using var layer = VerifiedLayer.TakeIn(Write(new byte[4096]), Outside);
        Assert.ThrowsAny<Exception>(() => RandomAccess.Write(layer.Content.Handle, [1], 0));
        Assert.ThrowsAny<Exception>(() => RandomAccess.SetLength(layer.Content.Handle, 0));
    }

    [Fact]
    public void Refuses_a_file_that_is_none_of_the_hosts_business_by_whatever_name()
    {
        var file = Write(new byte[4096]);
        Assert.Throws<MalformedException>(() => VerifiedLayer.TakeIn(file, folder.FullName));
        var link = Path.Combine(Path.GetTempPath(), $"cove-link-{Guid.NewGuid():n}");
        File.CreateSymbolicLink(link, file);
        try
        {
            Assert.Throws<MalformedException>(() => VerifiedLayer.TakeIn(link, folder.FullName));
            VerifiedLayer.TakeIn(link, Outside).Dispose();
        }
        finally
        {
            File.Delete(link);
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(4095)]
    [InlineData(4097)]
    public void Refuses_an_image_that_is_not_whole_blocks(int size) =>
        Assert.Throws<MalformedException>(() => VerifiedLayer.TakeIn(Write(new byte[size]), Outside));

    [Fact]
    public void A_missing_file_or_a_folder_is_unavailable()
    {
        Assert.Throws<UnavailableException>(() => VerifiedLayer.TakeIn(Path.Combine(folder.FullName, "none"), Outside));
        Assert.Throws<UnavailableException>(() => VerifiedLayer.TakeIn(folder.FullName, Outside));
    }

    private string Write(byte[] bytes)
    {
        var path = Path.Combine(folder.FullName, "layer.ext4");
        File.WriteAllBytes(path, bytes);
        return path;
    }
}
