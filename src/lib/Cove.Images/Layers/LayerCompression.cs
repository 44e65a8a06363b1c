using System.IO.Compression;
using System.Numerics;
using Cove.Images.Oci;
using ZstdSharp;
using ZstdSharp.Unsafe;

namespace Cove.Images.Layers;

/// <summary>How a layer blob is compressed, told by its first bytes as the reference does.</summary>
internal static class LayerCompression
{
    /// <summary>Bytes of a zstd frame's window, which the decoder keeps in memory. The zstd tool too takes more only when told to, and makes more only then.</summary>
    public const int MaximumZstdWindow = 128 << 20;

    private const int MagicLength = 4;

    private enum Kind
    {
        None,
        Gzip,
        Zstd,
    }

    /// <summary>What the media type of a layer ends with.</summary>
    public static string MediaTypeSuffix(IImageFiles files, string path)
    {
        using var stream = files.Open(path);
        Span<byte> magic = stackalloc byte[MagicLength];
        var length = stream?.ReadAtLeast(magic, magic.Length, throwOnEndOfStream: false) ?? 0;
        return KindOf(magic[..length]) switch
        {
            Kind.Gzip => "+gzip",
            Kind.Zstd => "+zstd",
            _ => "",
        };
    }

    /// <summary>The layer's tar. Disposing it leaves the blob open. Reading it throws <see cref="Outcomes.MalformedException"/> where the compressed stream is damaged.</summary>
    /// <param name="blob">The blob as stored.</param>
    /// <param name="name">What to call the layer in an error, e.g. its digest.</param>
    /// <param name="maximum">Bytes that a compressed blob may unpack to.</param>
    public static Stream Decompress(Stream blob, string name, long maximum = OciLimits.MaximumLayer)
    {
        var magic = new byte[MagicLength];
        var length = blob.ReadAtLeast(magic, MagicLength, throwOnEndOfStream: false);
        var whole = new ReplayStream(magic.AsMemory(0, length), blob);
        return KindOf(magic.AsSpan(0, length)) switch
        {
            Kind.Gzip => new UnpackedStream(new GZipStream(whole, CompressionMode.Decompress), "gzip", name, maximum),
            Kind.Zstd => new UnpackedStream(Zstd(whole), "zstd", name, maximum),
            _ => whole,
        };
    }

    /// <summary>RFC 1952 and RFC 8878, 3.1: a frame, or one to skip, with which streams of several frames may begin too.</summary>
    private static Kind KindOf(ReadOnlySpan<byte> magic) => magic switch
    {
        [0x1f, 0x8b, ..] => Kind.Gzip,
        [0x28, 0xb5, 0x2f, 0xfd] or [>= 0x50 and <= 0x5f, 0x2a, 0x4d, 0x18] => Kind.Zstd,
        _ => Kind.None,
    };

    private static DecompressionStream Zstd(Stream blob)
    {
        var decoder = new DecompressionStream(blob);
        decoder.SetParameter(ZSTD_dParameter.ZSTD_d_windowLogMax, BitOperations.Log2(MaximumZstdWindow));
        return decoder;
    }
}
