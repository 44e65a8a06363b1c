namespace Cove.Rego.Linking;

/// <summary>The bytes of an image as they are written: numbers in groups of seven bits, the lowest first.</summary>
internal sealed class ByteSink
{
    private readonly List<byte> bytes = [];

    public int Length => bytes.Count;

    public byte[] ToArray() => [.. bytes];

    public void Byte(int value) => bytes.Add(checked((byte)value));

    public void Flag(bool value) => Byte(value ? 1 : 0);

    public void Number(int value)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(value);
        Bits((uint)value);
    }

    /// <summary>A number that may be negative.</summary>
    public void Signed(int value) => Bits((uint)((value << 1) ^ (value >> 31)));

    public void All(ByteSink other) => bytes.AddRange(other.bytes);

    /// <summary>A part that a reader can step over.</summary>
    public void Section(ByteSink other)
    {
        Number(other.Length);
        All(other);
    }

    private void Bits(uint value)
    {
        for (; value > 0x7f; value >>= 7) bytes.Add((byte)(value | 0x80));
        bytes.Add((byte)value);
    }
}
