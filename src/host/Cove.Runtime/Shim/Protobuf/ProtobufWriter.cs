using System.Buffers;
using System.Text;

namespace Cove.Runtime.Shim.Protobuf;

/// <summary>Writes one protobuf message. Values that are a field's default are left out, as proto3 does.</summary>
internal sealed class ProtobufWriter
{
    private const int Varint = 0, Delimited = 2;

    private readonly ArrayBufferWriter<byte> buffer = new();

    public byte[] ToArray() => buffer.WrittenSpan.ToArray();

    public ProtobufWriter Number(int field, ulong value)
    {
        if (value == 0) return this;
        Key(field, Varint);
        Raw(value);
        return this;
    }

    public ProtobufWriter Number(int field, long value) => Number(field, unchecked((ulong)value));

    public ProtobufWriter Flag(int field, bool value) => Number(field, value ? 1UL : 0);

    public ProtobufWriter Text(int field, string value) => value.Length == 0 ? this : Bytes(field, Encoding.UTF8.GetBytes(value));

    public ProtobufWriter Bytes(int field, ReadOnlySpan<byte> value) => value.IsEmpty ? this : Message(field, value);

    /// <summary>A message, written even where it is empty: that it is there says something.</summary>
    public ProtobufWriter Message(int field, ReadOnlySpan<byte> message)
    {
        Key(field, Delimited);
        Raw((ulong)message.Length);
        buffer.Write(message);
        return this;
    }

    private void Key(int field, int wire) => Raw(((ulong)field << 3) | (uint)wire);

    private void Raw(ulong value)
    {
        while (value >= 0x80)
        {
            Put((byte)(value | 0x80));
            value >>= 7;
        }

        Put((byte)value);
    }

    private void Put(byte value)
    {
        buffer.GetSpan(1)[0] = value;
        buffer.Advance(1);
    }
}
