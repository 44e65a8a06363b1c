using Cove.Rego.Values;

namespace Cove.Rego.Linking;

/// <summary>The texts of an image as they are written: each once.</summary>
internal sealed class StringTable
{
    private readonly Dictionary<string, int> known = new(StringComparer.Ordinal);
    private readonly ByteSink bytes = new();

    public int Of(string text)
    {
        if (known.TryGetValue(text, out var index)) return index;
        index = known.Count;
        known.Add(text, index);
        var units = new ByteSink();
        foreach (var unit in text) units.Number(unit);
        bytes.Section(units);
        return index;
    }

    public void WriteTo(ByteSink sink)
    {
        sink.Number(known.Count);
        sink.Section(bytes);
    }
}

/// <summary>The texts of an image as they are read: each when it is first asked for.</summary>
internal sealed class Strings
{
    private readonly byte[] bytes;
    private readonly int[] places;
    private readonly string?[] texts;
    private readonly RegoString?[] values;

    public Strings(byte[] bytes, ByteSource source)
    {
        this.bytes = bytes;
        var count = source.Count();
        places = new int[count];
        texts = new string?[count];
        values = new RegoString?[count];
        var all = new ByteSource(bytes, source.Section());
        for (var i = 0; i < count; i++)
        {
            places[i] = all.At;
            all.Section();
        }
    }

    public string Text(int index) => texts[index] ??= Read(places[index]);

    public RegoString Value(int index) => values[index] ??= new RegoString(Text(index));

    private string Read(int place)
    {
        var source = new ByteSource(bytes, place);
        var end = source.Section();
        var length = source.At - end;
        var units = new ByteSource(bytes, end);
        var text = length <= 256 ? stackalloc char[length] : new char[length];
        var count = 0;
        while (units.At < end + length) text[count++] = (char)units.Number();
        return new string(text[..count]);
    }
}
