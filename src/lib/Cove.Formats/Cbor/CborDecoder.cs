using System.Buffers.Binary;
using System.Text;
using Cove.Outcomes;

namespace Cove.Formats.Cbor;

/// <summary>Decodes CBOR front to back. What an item claims to hold is compared with what is there before anything is allocated for it.</summary>
internal sealed class CborDecoder(ReadOnlyMemory<byte> data, string format)
{
    private static readonly UTF8Encoding Utf8 = new(false, throwOnInvalidBytes: true);
    private int _offset;
    private int _items;

    public CborValue DecodeAll()
    {
        if (data.Length > CborLimits.Size) throw new MalformedException(format, "length", $"is {data.Length} bytes, at most {CborLimits.Size} are read");
        var value = Decode(0);
        return _offset == data.Length ? value : throw new MalformedException(format, "end", $"has {data.Length - _offset} trailing bytes", _offset);
    }

    private CborValue Decode(int depth)
    {
        var at = _offset;
        if (depth > CborLimits.Depth) throw new MalformedException(format, "item", $"is nested deeper than {CborLimits.Depth}", at);
        if (++_items > CborLimits.Items) throw new MalformedException(format, "item", $"is one of more than {CborLimits.Items}", at);
        var first = Take(1)[0];
        var (type, argument) = (first >> 5, ReadArgument(first & 0x1F, at));
        return type switch
        {
            0 when argument <= long.MaxValue => new CborValue.Integer((long)argument),
            1 when argument <= long.MaxValue => new CborValue.Integer(-1 - (long)argument),
            2 => new CborValue.Bytes(TakeMemory(argument, at)),
            3 => ReadText(argument, at),
            4 => ReadArray(argument, depth, at),
            5 => ReadMap(argument, depth, at),
            6 => new CborValue.Tagged(argument, Decode(depth + 1)),
            7 when argument is 20 or 21 => new CborValue.Boolean(argument == 21),
            7 when argument == 22 => new CborValue.Null(),
            0 or 1 => throw new MalformedException(format, "integer", "is outside 64 bits with sign", at),
            _ => throw new MalformedException(format, "item", "is a float or another simple value, which is not read here", at),
        };
    }

    private ulong ReadArgument(int information, int at)
    {
        if (information < 24) return (ulong)information;
        var (value, shortest) = information switch
        {
            24 => (Take(1)[0], 24UL),
            25 => (BinaryPrimitives.ReadUInt16BigEndian(Take(2)), 0x100UL),
            26 => (BinaryPrimitives.ReadUInt32BigEndian(Take(4)), 0x1_0000UL),
            27 => (BinaryPrimitives.ReadUInt64BigEndian(Take(8)), 0x1_0000_0000UL),
            _ => throw new MalformedException(format, "item", "has an indefinite or reserved length", at),
        };
        return value >= shortest ? value : throw new MalformedException(format, "item", "has a length or value that is not in the shortest form", at);
    }

    private CborValue.Text ReadText(ulong length, int at)
    {
        try
        {
            return new CborValue.Text(Utf8.GetString(TakeMemory(length, at).Span));
        }
        catch (DecoderFallbackException bad)
        {
            throw new MalformedException(format, "text string", "is not UTF-8", at, bad);
        }
    }

    private CborValue.Array ReadArray(ulong count, int depth, int at)
    {
        List<CborValue> items = new(Count(count, bytesEach: 1, at));
        for (var i = 0UL; i < count; i++) items.Add(Decode(depth + 1));
        return new CborValue.Array(items);
    }

    private CborValue.Map ReadMap(ulong count, int depth, int at)
    {
        var entries = new List<KeyValuePair<CborValue, CborValue>>(Count(count, bytesEach: 2, at));
        HashSet<CborValue> keys = [];
        for (var i = 0UL; i < count; i++)
        {
            var keyAt = _offset;
            var key = Decode(depth + 1);
            if (key is not (CborValue.Integer or CborValue.Text)) throw new MalformedException(format, "map key", "is neither an integer nor a text string", keyAt);
            if (!keys.Add(key)) throw new MalformedException(format, "map key", "occurs twice", keyAt);
            entries.Add(new(key, Decode(depth + 1)));
        }

        return new CborValue.Map(entries);
    }

    // Every element takes at least one byte, so a count above what is left cannot be true.
    private int Count(ulong count, int bytesEach, int at) => count <= (ulong)((data.Length - _offset) / bytesEach)
        ? (int)Math.Min(count, CborLimits.Items)
        : throw new MalformedException(format, "item", $"claims {count} elements, {data.Length - _offset} bytes are left", at);

    private ReadOnlySpan<byte> Take(int count) => TakeMemory((ulong)count, _offset).Span;

    private ReadOnlyMemory<byte> TakeMemory(ulong count, int at)
    {
        if (count > (ulong)(data.Length - _offset)) throw new MalformedException(format, "item", $"needs {count} bytes, {data.Length - _offset} are left", at);
        var taken = data.Slice(_offset, (int)count);
        _offset += (int)count;
        return taken;
    }
}
