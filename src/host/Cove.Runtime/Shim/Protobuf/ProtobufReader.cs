using System.Text;
using Cove.Outcomes;

namespace Cove.Runtime.Shim.Protobuf;

/// <summary>Reads one protobuf message field by field. Fields that nobody asks for are skipped, as the format wants it; broken ones are refused.</summary>
/// <param name="message">The whole message.</param>
/// <param name="type">Its name, for errors.</param>
internal ref struct ProtobufReader(ReadOnlySpan<byte> message, string type)
{
    private const int Varint = 0, Fixed64 = 1, Delimited = 2, Fixed32 = 5;
    private const int LongestVarint = 10;
    private static readonly UTF8Encoding Utf8 = new(false, throwOnInvalidBytes: true);

    private readonly ReadOnlySpan<byte> bytes = message;
    private int at;
    private int wire;

    /// <summary>The field that <see cref="Next"/> found. Read or skip it before the next one.</summary>
    public int Field { get; private set; }

    /// <summary>Goes on to the next field; false at the message's end.</summary>
    public bool Next()
    {
        if (at == bytes.Length) return false;
        var key = RawVarint();
        (Field, wire) = (checked((int)Math.Min(key >> 3, int.MaxValue)), (int)(key & 7));
        if (Field == 0) throw Wrong("has the number 0");
        return true;
    }

    /// <summary>A number; signed ones are what their 64 bits say.</summary>
    public ulong Number()
    {
        Expect(Varint);
        return RawVarint();
    }

    public bool Flag() => Number() != 0;

    public ReadOnlySpan<byte> Bytes()
    {
        Expect(Delimited);
        var length = RawVarint();
        if (length > (ulong)(bytes.Length - at)) throw Wrong($"has {length} bytes, {bytes.Length - at} are left");
        var content = bytes.Slice(at, (int)length);
        at += (int)length;
        return content;
    }

    public string Text()
    {
        try
        {
            return Utf8.GetString(Bytes());
        }
        catch (DecoderFallbackException bad)
        {
            throw new MalformedException(type, $"field {Field}", "is not UTF-8", at, bad);
        }
    }

    public void Skip()
    {
        switch (wire)
        {
            case Varint:
                RawVarint();
                break;
            case Delimited:
                Bytes();
                break;
            case Fixed64 or Fixed32:
                var size = wire == Fixed64 ? sizeof(ulong) : sizeof(uint);
                if (bytes.Length - at < size) throw Wrong("is cut short");
                at += size;
                break;
            default:
                throw Wrong($"has wire type {wire}");
        }
    }

    private ulong RawVarint()
    {
        ulong value = 0;
        for (var i = 0; i < LongestVarint; i++)
        {
            if (at == bytes.Length) throw Wrong("is cut short");
            var part = bytes[at++];
            if (i == LongestVarint - 1 && part > 1) break;
            value |= (ulong)(part & 0x7F) << (7 * i);
            if (part < 0x80) return value;
        }

        throw Wrong("is a number of more than 64 bits");
    }

    private readonly void Expect(int expected)
    {
        if (wire != expected) throw Wrong($"has wire type {wire}, expected {expected}");
    }

    private readonly MalformedException Wrong(string problem) => new(type, $"field {Field}", problem, at);
}
