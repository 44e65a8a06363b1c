using System.Runtime.CompilerServices;

namespace Cove.Rego.Values;

/// <summary>A Rego array.</summary>
public sealed class RegoArray : RegoValue
{
    private const int LongArray = 32;
    private const int ScansOfLong = 2;
    private const int ScansOfShort = 8;
    private int _hash;
    private long _weight;
    private int _scans;
    private int[]? _table;

    /// <summary>Takes ownership of the elements: the caller must not change them afterwards.</summary>
    internal RegoArray(RegoValue[] items)
        : base(RegoKind.Array) => Items = items;

    /// <summary>The empty array.</summary>
    public static RegoArray Empty { get; } = new([]);

    /// <summary>How many elements.</summary>
    public int Count => Items.Length;

    internal RegoValue[] Items { get; }

    /// <summary>The element at an index.</summary>
    /// <exception cref="IndexOutOfRangeException">There is no such element.</exception>
    public RegoValue this[int index] => Items[index];

    /// <summary>An array of these elements.</summary>
    public static RegoArray Of(params ReadOnlySpan<RegoValue> items) => items.Length == 0 ? Empty : new RegoArray(items.ToArray());

    /// <summary>The elements in order.</summary>
    public ReadOnlySpan<RegoValue> AsSpan() => Items;

    /// <summary>True when an element equals the value. An array that is asked again and again gets a table.</summary>
    internal bool ContainsValue(RegoValue value)
    {
        if (Items.Length <= KeyTable.ScanLimit) return KeyTable.Scan(Items, Items.Length, value) >= 0;
        if (_table is { } table) return KeyTable.Find(table, Items, value) >= 0;
        // A table costs some scans: few where the array is long.
        if (_scans++ < (Items.Length > LongArray ? ScansOfLong : ScansOfShort)) return KeyTable.Scan(Items, Items.Length, value) >= 0;
        _table = KeyTable.Build(Items, Items.Length);
        return KeyTable.Find(_table, Items, value) >= 0;
    }

    internal override int Hash()
    {
        if (_hash != 0) return _hash;
        RuntimeHelpers.EnsureSufficientExecutionStack();
        var hash = 17;
        foreach (var item in Items) hash = (hash * 31) + item.Hash();
        return _hash = hash == 0 ? 1 : hash;
    }

    internal override long Weight
    {
        get
        {
            if (_weight != 0) return _weight;
            RuntimeHelpers.EnsureSufficientExecutionStack();
            var weight = 1L;
            foreach (var item in Items) weight = Math.Min(weight + item.Weight, MaxWeight);
            return _weight = weight;
        }
    }

    private protected override bool EqualsSameKind(RegoValue other)
    {
        var a = Items;
        var b = ((RegoArray)other).Items;
        if (a.Length != b.Length) return false;
        if (a.Length > 0 && a[0].Kind >= RegoKind.Array) CheckComparable(this, other);
        RuntimeHelpers.EnsureSufficientExecutionStack();
        for (var i = 0; i < a.Length; i++)
            if (!AreEqual(a[i], b[i])) return false;
        return true;
    }
}
