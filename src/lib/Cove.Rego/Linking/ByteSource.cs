namespace Cove.Rego.Linking;

/// <summary>Reads what <see cref="ByteSink"/> wrote, from one place on.</summary>
internal sealed class ByteSource(byte[] bytes, int start)
{
    private int at = start;

    public int At => at;

    /// <exception cref="FormatException">The image ends here.</exception>
    public byte Byte() => at < bytes.Length ? bytes[at++] : throw Ends();

    public bool Flag() => Byte() != 0;

    public int Number() => checked((int)Bits());

    public int Signed()
    {
        var bits = Bits();
        return (int)(bits >> 1) ^ -(int)(bits & 1);
    }

    /// <summary>How many there are of something that takes at least a byte each: never more than the image has left.</summary>
    public int Count()
    {
        var count = Number();
        return count <= bytes.Length - at ? count : throw Ends();
    }

    public ReadOnlySpan<byte> Take(int length)
    {
        if (length > bytes.Length - at) throw Ends();
        at += length;
        return bytes.AsSpan(at - length, length);
    }

    /// <summary>The start of a part, which is stepped over.</summary>
    public int Section()
    {
        var length = Count();
        at += length;
        return at - length;
    }

    private uint Bits()
    {
        uint value = 0;
        for (var shift = 0; shift < 35; shift += 7)
        {
            var next = Byte();
            value |= (uint)(next & 0x7f) << shift;
            if (next < 0x80) return value;
        }

        throw new FormatException($"a number in the image has too many bytes, at {at}");
    }

    private FormatException Ends() => new($"the image ends at {bytes.Length}, in the middle of something");
}
