using System.IO.Compression;
using Cove.Images.Oci;
using Cove.Outcomes;

namespace Cove.Images.Layers;

/// <summary>How a layer blob is compressed, told by its first bytes as the reference does.</summary>
internal static class LayerCompression
{
    private const int MagicLength = 4;

    public static bool IsGzip(IImageFiles files, string path)
    {
        using var stream = files.Open(path);
        Span<byte> magic = stackalloc byte[2];
        return stream is not null && stream.ReadAtLeast(magic, magic.Length, throwOnEndOfStream: false) == magic.Length && magic is [0x1f, 0x8b];
    }

    /// <summary>The layer's tar. Disposing it leaves the blob open.</summary>
    /// <param name="blob">The blob as stored.</param>
    /// <param name="name">What to call the layer in an error, e.g. its digest.</param>
    /// <exception cref="MalformedException">The blob is compressed with Zstandard, which this platform cannot read.</exception>
    public static Stream Decompress(Stream blob, string name)
    {
        var magic = new byte[MagicLength];
        var length = blob.ReadAtLeast(magic, MagicLength, throwOnEndOfStream: false);
        var whole = new ReplayStream(magic.AsMemory(0, length), blob);
        return magic switch
        {
            [0x1f, 0x8b, ..] => new GZipStream(whole, CompressionMode.Decompress),
            [0x28, 0xb5, 0x2f, 0xfd] => throw new MalformedException(
                "OCI image",
                name,
                "is compressed with zstd, which .NET 10 cannot read; convert the image: skopeo copy --dest-compress-format gzip --dest-force-compress-format SOURCE oci-archive:CONVERTED.tar"),
            _ => whole,
        };
    }
}
