using System.Buffers.Binary;
using System.Globalization;
using Cove.Outcomes;

namespace Cove.Formats.Binary;

/// <summary>
/// Reads a fixed binary layout from front to back. Every read names its field, so that a structure that is too short, or whose
/// reserved bytes are set, is refused with the place where it went wrong.
/// </summary>
/// <param name="format">What is being read, in the words a person knows it by, e.g. <c>SNP report</c>.</param>
/// <param name="data">The bytes; not copied.</param>
public ref struct ByteReader(string format, ReadOnlySpan<byte> data)
{
    private readonly ReadOnlySpan<byte> _data = data;

    /// <summary>Offset of the next byte to be read.</summary>
    public int Offset { get; private set; }

    /// <summary>Bytes not yet read.</summary>
    public readonly int Remaining => _data.Length - Offset;

    /// <summary>Reads <paramref name="count"/> bytes without copying them.</summary>
    /// <exception cref="MalformedException">There are fewer bytes left.</exception>
    public ReadOnlySpan<byte> Bytes(string field, int count)
    {
        if (count < 0 || count > Remaining)
            throw new MalformedException(format, field, $"needs {count} bytes, {Remaining} are left", Offset);
        var read = _data.Slice(Offset, count);
        Offset += count;
        return read;
    }

    /// <summary>Reads one byte.</summary>
    public byte UInt8(string field) => Bytes(field, 1)[0];

    /// <summary>Reads a little-endian 16-bit integer.</summary>
    public ushort UInt16(string field) => BinaryPrimitives.ReadUInt16LittleEndian(Bytes(field, 2));

    /// <summary>Reads a little-endian 32-bit integer.</summary>
    public uint UInt32(string field) => BinaryPrimitives.ReadUInt32LittleEndian(Bytes(field, 4));

    /// <summary>Reads a little-endian 64-bit integer.</summary>
    public ulong UInt64(string field) => BinaryPrimitives.ReadUInt64LittleEndian(Bytes(field, 8));

    /// <summary>Reads a little-endian 32-bit integer that may have only the bits of <paramref name="defined"/> set.</summary>
    /// <exception cref="MalformedException">A reserved bit is set.</exception>
    public uint UInt32Flags(string field, uint defined)
    {
        var at = Offset;
        var value = UInt32(field);
        return (value & ~defined) == 0 ? value : throw ReservedBits(format, field, value & ~defined, at);
    }

    /// <summary>Reads a little-endian 64-bit integer that may have only the bits of <paramref name="defined"/> set.</summary>
    /// <exception cref="MalformedException">A reserved bit is set.</exception>
    public ulong UInt64Flags(string field, ulong defined)
    {
        var at = Offset;
        var value = UInt64(field);
        return (value & ~defined) == 0 ? value : throw ReservedBits(format, field, value & ~defined, at);
    }

    /// <summary>Passes over <paramref name="count"/> bytes that the layout requires to be zero.</summary>
    /// <exception cref="MalformedException">One of them is not zero.</exception>
    public void Zero(string field, int count)
    {
        var at = Offset;
        var bad = Bytes(field, count).IndexOfAnyExcept((byte)0);
        if (bad >= 0) throw new MalformedException(format, field, "must be zero", at + bad);
    }

    /// <summary>Requires that everything was read.</summary>
    /// <exception cref="MalformedException">Bytes are left.</exception>
    public readonly void End()
    {
        if (Remaining != 0) throw new MalformedException(format, "end", $"has {Remaining} trailing bytes", Offset);
    }

    private static MalformedException ReservedBits(string format, string field, ulong bits, int at) =>
        new(format, field, string.Create(CultureInfo.InvariantCulture, $"has reserved bits 0x{bits:x} set"), at);
}
