using System.Buffers;
using System.Buffers.Binary;
using System.Text;

namespace Cove.Formats.Cbor;

/// <summary>Encodes CBOR with shortest lengths.</summary>
internal sealed class CborEncoder
{
    private readonly ArrayBufferWriter<byte> _buffer = new();

    public byte[] ToArray() => _buffer.WrittenSpan.ToArray();

    public void Write(CborValue value)
    {
        switch (value)
        {
            case CborValue.Integer { Value: >= 0 } integer: Head(0, (ulong)integer.Value); break;
            case CborValue.Integer integer: Head(1, (ulong)(-1 - integer.Value)); break;
            case CborValue.Bytes bytes: String(2, bytes.Value.Span); break;
            case CborValue.Text text: String(3, Encoding.UTF8.GetBytes(text.Value)); break;
            case CborValue.Array array:
                Head(4, (ulong)array.Items.Count);
                foreach (var item in array.Items) Write(item);
                break;
            case CborValue.Map map:
                Head(5, (ulong)map.Entries.Count);
                foreach (var (key, item) in map.Entries)
                {
                    Write(key);
                    Write(item);
                }

                break;
            case CborValue.Tagged tagged:
                Head(6, tagged.Tag);
                Write(tagged.Content);
                break;
            case CborValue.Boolean boolean: Head(7, boolean.Value ? 21u : 20u); break;
            case CborValue.Null: Head(7, 22); break;
        }
    }

    private void String(int type, ReadOnlySpan<byte> bytes)
    {
        Head(type, (ulong)bytes.Length);
        _buffer.Write(bytes);
    }

    private void Head(int type, ulong argument)
    {
        var to = _buffer.GetSpan(9);
        var first = (byte)(type << 5);
        switch (argument)
        {
            case < 24:
                to[0] = (byte)(first | (byte)argument);
                _buffer.Advance(1);
                break;
            case <= byte.MaxValue:
                (to[0], to[1]) = ((byte)(first | 24), (byte)argument);
                _buffer.Advance(2);
                break;
            case <= ushort.MaxValue:
                to[0] = (byte)(first | 25);
                BinaryPrimitives.WriteUInt16BigEndian(to[1..], (ushort)argument);
                _buffer.Advance(3);
                break;
            case <= uint.MaxValue:
                to[0] = (byte)(first | 26);
                BinaryPrimitives.WriteUInt32BigEndian(to[1..], (uint)argument);
                _buffer.Advance(5);
                break;
            default:
                to[0] = (byte)(first | 27);
                BinaryPrimitives.WriteUInt64BigEndian(to[1..], argument);
                _buffer.Advance(9);
                break;
        }
    }
}
