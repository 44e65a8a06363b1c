using System.Text;

namespace Cove.Sidecar.Grpc;

/// <summary>Writes a protocol buffers message, field by field.</summary>
internal sealed class ProtoWriter
{
    private const int Varint = 0;
    private const int LengthDelimited = 2;
    private readonly List<byte> _output = [];

    public byte[] Message => [.. _output];

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
        _output.AddRange(value);
        return this;
    }

    public ProtoWriter Messages(int field, IEnumerable<ProtoWriter> messages)
    {
        foreach (var message in messages) Bytes(field, message.Message);
        return this;
    }

    private void WriteVarint(uint value)
    {
        for (; value >= 0x80; value >>= 7) _output.Add((byte)(value | 0x80));
        _output.Add((byte)value);
    }
}
