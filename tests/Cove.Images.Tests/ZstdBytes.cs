using System.Buffers.Binary;
using System.Diagnostics;
using ZstdSharp;
using ZstdSharp.Unsafe;

namespace Cove.Tests;

/// <summary>Zstd frames (RFC 8878): of the library's compressor, of the zstd tool, and made byte by byte, so that a test can also make one that no tool would write.</summary>
internal static class ZstdBytes
{
    /// <summary>Where Debian's package puts the tools.</summary>
    public const string Folder = "/usr/bin";

    /// <summary>Window_Descriptor of 128 MiB; one more in its low bits is an eighth more, and the next exponent is 8 further.</summary>
    public const byte LargestWindow = (27 - 10) << 3;

    public static byte[] Compress(ReadOnlySpan<byte> content, int level = 3, bool checksum = false)
    {
        using var compressor = new Compressor(level);
        compressor.SetParameter(ZSTD_cParameter.ZSTD_c_checksumFlag, checksum ? 1 : 0);
        return compressor.Wrap(content).ToArray();
    }

    /// <summary>A frame with this descriptor, what it asks for behind it, and blocks as given.</summary>
    public static byte[] Frame(byte descriptor, byte[] header, params byte[][] blocks) => [0x28, 0xb5, 0x2f, 0xfd, descriptor, .. header, .. blocks.SelectMany(block => block)];

    /// <summary>A frame with a window and neither content size nor checksum, its content stored as it is.</summary>
    public static byte[] Stored(byte[] content, byte window = LargestWindow)
    {
        var parts = content.Chunk(100_000).ToList();
        return Frame(0, [window], [.. parts.Select((part, at) => Block(part, last: at == parts.Count - 1))]);
    }

    public static byte[] Block(byte[] content, bool last, int type = 0) => [.. BlockHeader(content.Length, type, last), .. content];

    /// <summary>One byte many times: four bytes that unpack to as many as 128 KiB.</summary>
    public static byte[] Repeated(byte value, int times, bool last) => [.. BlockHeader(times, 1, last), value];

    /// <summary>A frame that decoders pass over.</summary>
    public static byte[] Skippable(byte kind, ReadOnlySpan<byte> content)
    {
        var frame = new byte[8 + content.Length];
        BinaryPrimitives.WriteUInt32LittleEndian(frame, 0x184D2A50u + kind);
        BinaryPrimitives.WriteInt32LittleEndian(frame.AsSpan(4), content.Length);
        content.CopyTo(frame.AsSpan(8));
        return frame;
    }

    /// <summary>What a tool of the real zstd makes of the content, which it reads from a pipe. Skips where it is not there.</summary>
    public static async Task<byte[]> WithTool(byte[] content, string tool, params string[] options)
    {
        var path = Path.Combine(Folder, tool);
        Assert.SkipUnless(File.Exists(path), $"{tool} is not here (apt-get install zstd)");
        var start = new ProcessStartInfo(path, [.. options, "-q", "-c"]) { RedirectStandardInput = true, RedirectStandardOutput = true, UseShellExecute = false };
        using var process = Process.Start(start)!;
        using var packed = new MemoryStream();
        var reading = process.StandardOutput.BaseStream.CopyToAsync(packed, TestContext.Current.CancellationToken);
        await process.StandardInput.BaseStream.WriteAsync(content, TestContext.Current.CancellationToken);
        process.StandardInput.Close();
        await reading;
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.Equal(0, process.ExitCode);
        return packed.ToArray();
    }

    private static byte[] BlockHeader(int size, int type, bool last)
    {
        var header = (size << 3) | (type << 1) | (last ? 1 : 0);
        return [(byte)header, (byte)(header >> 8), (byte)(header >> 16)];
    }
}
