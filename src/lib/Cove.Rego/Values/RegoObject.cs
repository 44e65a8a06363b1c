using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;

namespace Cove.Rego.Values;

/// <summary>A Rego object: any value may be a key. Enumeration is in ascending order of the keys.</summary>
public sealed class RegoObject : RegoValue
{
    private static readonly int[] InOrder = [];

    private readonly RegoValue[] _keys;
    private readonly RegoValue[] _values;
    private int[]? _table;
    private int[]? _order;
    private int _hash;
    private long _weight;

    internal RegoObject(RegoValue[] keys, RegoValue[] values, int count, int[]? table)
        : base(RegoKind.Object) => (_keys, _values, Count, _table) = (keys, values, count, table);

    /// <summary>The object without entries.</summary>
    public static RegoObject Empty { get; } = new([], [], 0, null);

    /// <summary>How many entries.</summary>
    public int Count { get; }

    /// <summary>The value at a string key, or null where there is none.</summary>
    public RegoValue? this[string key] => Find(new RegoString(key));

    /// <summary>An object of these entries; the last of equal keys wins.</summary>
    public static RegoObject Of(params (string Key, RegoValue Value)[] entries)
    {
        var builder = new ObjectBuilder(entries.Length);
        foreach (var (key, value) in entries) builder.Set(Of(key), value);
        return builder.Build();
    }

    /// <summary>True, with the value, when the key is there.</summary>
    public bool TryGet(RegoValue key, [MaybeNullWhen(false)] out RegoValue value) => (value = Find(key)) is not null;

    /// <summary>This object with one entry added or replaced; this one stays as it is.</summary>
    public RegoObject With(string key, RegoValue value)
    {
        var added = Of(key);
        var at = IndexOf(added);
        if (at >= 0)
        {
            var values = _values[..Count];
            values[at] = value;
            return new RegoObject(_keys, values, Count, _table);
        }

        var builder = new ObjectBuilder(this, Count + 1);
        builder.Set(added, value);
        return builder.Build();
    }

    /// <summary>This object with the entries of another added; at keys of both it has the other's. This one stays as it is.</summary>
    public RegoObject With(RegoObject entries)
    {
        if (entries.Count == 0) return this;
        if (Count == 0) return entries;
        var builder = new ObjectBuilder(this, Count + entries.Count);
        for (var i = 0; i < entries.Count; i++) builder.Set(entries._keys[i], entries._values[i]);
        return builder.Build();
    }

    /// <summary>This object without an entry; this one stays as it is.</summary>
    public RegoObject Without(string key)
    {
        var gone = new RegoString(key);
        var at = IndexOf(gone);
        if (at < 0) return this;
        if (Count == 1) return Empty;
        RegoValue[] keys = [.. _keys.AsSpan(0, at), .. _keys.AsSpan(at + 1, Count - at - 1)];
        RegoValue[] values = [.. _values.AsSpan(0, at), .. _values.AsSpan(at + 1, Count - at - 1)];
        return new RegoObject(keys, values, keys.Length, null);
    }

    /// <summary>The entries in ascending order of their keys.</summary>
    public IEnumerable<KeyValuePair<RegoValue, RegoValue>> Entries()
    {
        for (var i = 0; i < Count; i++) yield return new(KeyAt(i), ValueAt(i));
    }

    /// <summary>The value at a key, or null.</summary>
    internal RegoValue? Find(RegoValue key)
    {
        var at = IndexOf(key);
        return at < 0 ? null : _values[at];
    }

    internal int IndexOf(RegoValue key) => Count <= KeyTable.ScanLimit
        ? KeyTable.Scan(_keys, Count, key)
        : KeyTable.Find(_table ??= KeyTable.Build(_keys, Count), _keys, key);

    /// <summary>The key at a position of the ascending order.</summary>
    internal RegoValue KeyAt(int rank)
    {
        var order = _order ?? Sort();
        return _keys[ReferenceEquals(order, InOrder) ? rank : order[rank]];
    }

    /// <summary>The value at a position of the ascending order.</summary>
    internal RegoValue ValueAt(int rank)
    {
        var order = _order ?? Sort();
        return _values[ReferenceEquals(order, InOrder) ? rank : order[rank]];
    }

    internal ReadOnlySpan<RegoValue> RawKeys => _keys.AsSpan(0, Count);

    internal ReadOnlySpan<RegoValue> RawValues => _values.AsSpan(0, Count);

    /// <summary>The keys and values in no particular order.</summary>
    internal RegoValue RawKey(int at) => _keys[at];

    internal RegoValue RawValue(int at) => _values[at];

    internal override int Hash()
    {
        if (_hash != 0) return _hash;
        RuntimeHelpers.EnsureSufficientExecutionStack();
        var hash = Count * 104729;
        for (var i = 0; i < Count; i++) hash += unchecked((_keys[i].Hash() * 31 + _values[i].Hash()) * (int)2654435761);
        return _hash = hash == 0 ? 1 : hash;
    }

    internal override long Weight
    {
        get
        {
            if (_weight != 0) return _weight;
            RuntimeHelpers.EnsureSufficientExecutionStack();
            var weight = 1L;
            for (var i = 0; i < Count; i++) weight = Math.Min(weight + _keys[i].Weight + _values[i].Weight, MaxWeight);
            return _weight = weight;
        }
    }

    private protected override bool EqualsSameKind(RegoValue other)
    {
        var that = (RegoObject)other;
        if (Count != that.Count) return false;
        CheckComparable(this, other);
        RuntimeHelpers.EnsureSufficientExecutionStack();
        for (var i = 0; i < Count; i++)
            if (that.Find(_keys[i]) is not { } value || !AreEqual(_values[i], value)) return false;
        return true;
    }

    private int[] Sort()
    {
        var sorted = true;
        for (var i = 1; i < Count && sorted; i++) sorted = ValueOrder.Compare(_keys[i - 1], _keys[i]) < 0;
        if (sorted) return _order = InOrder;
        var keys = _keys[..Count];
        var order = new int[Count];
        for (var i = 0; i < order.Length; i++) order[i] = i;
        Array.Sort(keys, order, ValueOrder.Comparer);
        return _order = order;
    }
}

/// <summary>Collects the entries of an object.</summary>
internal sealed class ObjectBuilder(int capacity = 4)
{
    private RegoValue[] _keys = capacity == 0 ? [] : new RegoValue[capacity];
    private RegoValue[] _values = capacity == 0 ? [] : new RegoValue[capacity];
    private int[]? _table;

    /// <summary>Begins with the entries of an object.</summary>
    public ObjectBuilder(RegoObject known, int capacity)
        : this(Math.Max(capacity, known.Count))
    {
        known.RawKeys.CopyTo(_keys);
        known.RawValues.CopyTo(_values);
        Count = known.Count;
    }

    public int Count { get; private set; }

    /// <summary>The value already there for the key, or null after adding the new one.</summary>
    public RegoValue? TryAdd(RegoValue key, RegoValue value)
    {
        var at = IndexOf(key);
        if (at >= 0) return _values[at];
        Append(key, value);
        return null;
    }

    public void Set(RegoValue key, RegoValue value)
    {
        var at = IndexOf(key);
        if (at >= 0) _values[at] = value;
        else Append(key, value);
    }

    public RegoValue? Find(RegoValue key)
    {
        var at = IndexOf(key);
        return at < 0 ? null : _values[at];
    }

    public RegoObject Build() =>
        Count == 0 ? RegoObject.Empty : new RegoObject(_keys, _values, Count, Count > KeyTable.ScanLimit ? _table : null);

    private int IndexOf(RegoValue key)
    {
        if (Count <= KeyTable.ScanLimit) return KeyTable.Scan(_keys, Count, key);
        if (_table is null) Rehash();
        return KeyTable.Find(_table!, _keys, key);
    }

    private void Append(RegoValue key, RegoValue value)
    {
        if (Count == _keys.Length)
        {
            Array.Resize(ref _keys, Math.Max(4, Count * 2));
            Array.Resize(ref _values, _keys.Length);
        }

        // Through spans, as a store into such an array itself asks for its type each time.
        _keys.AsSpan()[Count] = key;
        _values.AsSpan()[Count++] = value;
        if (_table is null) return;
        if (Count * 2 > _table.Length) Rehash();
        else KeyTable.Insert(_table, key.Hash(), Count - 1);
    }

    private void Rehash()
    {
        _table = KeyTable.Create(Math.Max(16, Count * 2));
        for (var i = 0; i < Count; i++) KeyTable.Insert(_table, _keys[i].Hash(), i);
    }
}
