using Cove.Volumes.Luks;
using Cove.Volumes.Stores;

namespace Cove.Volumes.Tests;

/// <summary>Images made here.</summary>
internal static class TestImage
{
    /// <summary>A whole image with this data.</summary>
    public static async Task<string> CreateAsync(TestFolder folder, byte[] key, byte[] data, LuksOptions? options = null, string name = "volume.img")
    {
        using var volume = LuksFormatter.Create(key, options ?? new LuksOptions(), out var start);
        var image = folder.Write(name, start);
        using (var file = new FileStream(image, FileMode.Open)) file.SetLength(start.Length + data.Length);
        await using var store = volume.Open(FileStore.Open(image, writable: true));
        await store.WriteAsync(0, data, default);
        return image;
    }

    /// <summary>The data of an image, by its key.</summary>
    public static async Task<byte[]> ReadAsync(string image, byte[] key)
    {
        await using var store = await OpenAsync(image, key);
        var data = new byte[store.Length];
        await store.ReadAsync(0, data, default);
        return data;
    }

    public static async Task<LuksStore> OpenAsync(string image, byte[] key, bool writable = false)
    {
        var file = FileStore.Open(image, writable);
        var header = await LuksHeader.ReadAsync(file, default);
        Assert.True((await header.UnlockAsync(file, key, default)).IsAccepted(out var volume, out var findings), string.Join("; ", findings));
        using (volume) return volume.Open(file);
    }
}
