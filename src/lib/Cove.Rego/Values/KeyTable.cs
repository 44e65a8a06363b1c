namespace Cove.Rego.Values;

/// <summary>Open addressing from a key to its position in an array of keys: what makes sets and large objects constant-time.</summary>
internal static class KeyTable
{
    /// <summary>Up to this many keys a scan is quicker than a table.</summary>
    public const int ScanLimit = 8;

    public static int[] Create(int capacity)
    {
        var size = 16;
        while (size < capacity * 2) size *= 2;
        return new int[size];
    }

    public static int[] Build(RegoValue[] keys, int count)
    {
        var table = Create(count);
        for (var i = 0; i < count; i++) Insert(table, keys[i].Hash(), i);
        return table;
    }

    public static void Insert(int[] table, int hash, int position)
    {
        var mask = table.Length - 1;
        var slot = Mix(hash) & mask;
        while (table[slot] != 0) slot = (slot + 1) & mask;
        table[slot] = position + 1;
    }

    /// <summary>The position of the key, or -1.</summary>
    public static int Find(int[] table, RegoValue[] keys, RegoValue key)
    {
        var mask = table.Length - 1;
        var slot = Mix(key.Hash()) & mask;
        int entry;
        while ((entry = table[slot]) != 0)
        {
            if (RegoValue.AreEqual(keys[entry - 1], key)) return entry - 1;
            slot = (slot + 1) & mask;
        }

        return -1;
    }

    public static int Scan(RegoValue[] keys, int count, RegoValue key)
    {
        for (var i = 0; i < count; i++)
            if (ReferenceEquals(keys[i], key)) return i;
        if (key is RegoString text)
        {
            for (var i = 0; i < count; i++)
                if (keys[i] is RegoString other && text.HasTextOf(other)) return i;
            return -1;
        }

        for (var i = 0; i < count; i++)
            if (RegoValue.AreEqual(keys[i], key)) return i;
        return -1;
    }

    private static int Mix(int hash) => hash ^ (int)((uint)hash >> 15);
}
