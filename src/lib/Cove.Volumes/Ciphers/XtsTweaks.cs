using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.InteropServices;

namespace Cove.Volumes.Ciphers;

/// <summary>The tweaks of sectors: each block's is the one before it, multiplied by x in GF(2^128) (IEEE 1619 section 5.2).</summary>
internal static class XtsTweaks
{
    private const int BlockLength = 16;
    private const ulong Reduction = 0x87;

    /// <summary>Writes the tweak of every block of every sector.</summary>
    /// <param name="first">The first tweak of each sector.</param>
    /// <param name="tweaks">Filled.</param>
    /// <param name="sectorSize">Bytes of a sector.</param>
    public static void Expand(ReadOnlySpan<byte> first, Span<byte> tweaks, int sectorSize)
    {
        for (var at = 0; at < tweaks.Length; at += sectorSize, first = first[BlockLength..])
        {
            var low = BinaryPrimitives.ReadUInt64LittleEndian(first);
            var high = BinaryPrimitives.ReadUInt64LittleEndian(first[8..]);
            var words = MemoryMarshal.Cast<byte, ulong>(tweaks.Slice(at, sectorSize));
            for (var i = 0; i + 1 < words.Length; i += 2)
            {
                words[i] = BitConverter.IsLittleEndian ? low : BinaryPrimitives.ReverseEndianness(low);
                words[i + 1] = BitConverter.IsLittleEndian ? high : BinaryPrimitives.ReverseEndianness(high);
                var carry = (ulong)((long)high >> 63) & Reduction;
                high = (high << 1) | (low >> 63);
                low = (low << 1) ^ carry;
            }
        }
    }

    /// <summary>Combines the data with its tweaks.</summary>
    public static void Apply(ReadOnlySpan<byte> tweaks, Span<byte> data)
    {
        var masks = MemoryMarshal.Cast<byte, Vector<byte>>(tweaks);
        var vectors = MemoryMarshal.Cast<byte, Vector<byte>>(data);
        for (var i = 0; i < vectors.Length; i++) vectors[i] ^= masks[i];
        for (var i = vectors.Length * Vector<byte>.Count; i < data.Length; i++) data[i] ^= tweaks[i];
    }
}
