using System.Buffers;
using System.Text;

namespace Cove.Sidecar.Grpc;

/// <summary>Writes a protocol buffers message, field by field.</summary>
/// <param name="capacity">Bytes that fit without the message being moved.</param>
internal sealed class ProtoWriter(int capacity = 256)
{
    private const int Varint = 0;
    private const int LengthDelimited = 2;
    private readonly ArrayBufferWriter<byte> output = new(capacity);

    public byte[] Message => output.WrittenSpan.ToArray();

    public ProtoWriter Number(int field, uint value)
    {
        WriteVarint(((uint)field << 3) | Varint);
        WriteVarint(value);
        return this;
    }

    public ProtoWriter Text(int field, string value) => Bytes(field, Encoding.UTF8.GetBytes(value));

    public ProtoWriter Bytes(int field, ReadOnlySpan<byte> value)
    {
        WriteVarint(((uint)field << 3) | LengthDelimited);
        WriteVarint((uint)value.Length);
        output.Write(value);
        return this;
    }

    public ProtoWriter Messages(int field, IEnumerable<ProtoWriter> messages)
    {
        foreach (var message in messages) Bytes(field, message.Message);
        return this;
    }

    /// <summary>Overwrites what was written with zeros.</summary>
    public void Clear() => output.Clear();

    private void WriteByte(byte value)
    {
        output.GetSpan(1)[0] = value;
        output.Advance(1);
    }

    private void WriteVarint(uint value)
    {
        for (; value >= 0x80; value >>= 7) WriteByte((byte)(value | 0x80));
        WriteByte((byte)value);
    }
}
