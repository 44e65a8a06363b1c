using System.Runtime.CompilerServices;

namespace Cove.Rego.Values;

/// <summary>A Rego set. Members are distinct; enumeration is in ascending order.</summary>
public sealed class RegoSet : RegoValue
{
    private readonly RegoValue[] _members;
    private int[]? _table;
    private RegoValue[]? _sorted;
    private int _hash;
    private long _weight;

    internal RegoSet(RegoValue[] members, int count, int[]? table, bool sorted)
        : base(RegoKind.Set)
    {
        _members = members;
        Count = count;
        _table = table;
        if (sorted) _sorted = members.Length == count ? members : members[..count];
    }

    /// <summary>The empty set.</summary>
    public static RegoSet Empty { get; } = new([], 0, table: null, sorted: true);

    /// <summary>How many members.</summary>
    public int Count { get; }

    /// <summary>The members in ascending order.</summary>
    internal RegoValue[] Sorted
    {
        get
        {
            if (_sorted is { } done) return done;
            var sorted = _members[..Count];
            Array.Sort(sorted, ValueOrder.Compare);
            return _sorted = sorted;
        }
    }

    /// <summary>The members in no particular order: for work where order cannot be seen.</summary>
    internal ReadOnlySpan<RegoValue> Unordered => _members.AsSpan(0, Count);

    /// <summary>A set of these members; duplicates count once.</summary>
    public static RegoSet Of(params ReadOnlySpan<RegoValue> members)
    {
        var builder = new SetBuilder(members.Length);
        foreach (var member in members) builder.Add(member);
        return builder.Build();
    }

    /// <summary>The members in ascending order.</summary>
    public ReadOnlySpan<RegoValue> AsSpan() => Sorted;

    /// <summary>True when the value is a member.</summary>
    public bool Contains(RegoValue value) => Find(value) is not null;

    /// <summary>The member that equals the value (1 finds 1.0), or null.</summary>
    internal RegoValue? Find(RegoValue value)
    {
        int at;
        if (Count <= KeyTable.ScanLimit) at = KeyTable.Scan(_members, Count, value);
        else at = KeyTable.Find(_table ??= KeyTable.Build(_members, Count), _members, value);
        return at < 0 ? null : _members[at];
    }

    internal override int Hash()
    {
        if (_hash != 0) return _hash;
        RuntimeHelpers.EnsureSufficientExecutionStack();
        var hash = Count * 7919;
        for (var i = 0; i < Count; i++) hash += unchecked(_members[i].Hash() * (int)2654435761);
        return _hash = hash == 0 ? 1 : hash;
    }

    internal override long Weight
    {
        get
        {
            if (_weight != 0) return _weight;
            RuntimeHelpers.EnsureSufficientExecutionStack();
            var weight = 1L;
            for (var i = 0; i < Count; i++) weight = Math.Min(weight + _members[i].Weight, MaxWeight);
            return _weight = weight;
        }
    }

    private protected override bool EqualsSameKind(RegoValue other)
    {
        var that = (RegoSet)other;
        if (Count != that.Count) return false;
        if (Count > 0 && _members[0].Kind >= RegoKind.Array) CheckComparable(this, other);
        RuntimeHelpers.EnsureSufficientExecutionStack();
        for (var i = 0; i < Count; i++)
            if (that.Find(_members[i]) is null) return false;
        return true;
    }
}

/// <summary>Collects the members of a set.</summary>
internal sealed class SetBuilder(int capacity = 4)
{
    private RegoValue[] _members = capacity == 0 ? [] : new RegoValue[capacity];
    private int[]? _table;

    public int Count { get; private set; }

    public bool Add(RegoValue value)
    {
        if (Count < KeyTable.ScanLimit)
        {
            if (KeyTable.Scan(_members, Count, value) >= 0) return false;
        }
        else
        {
            if (_table is null || Count * 2 > _table.Length) Rehash();
            if (KeyTable.Find(_table!, _members, value) >= 0) return false;
            KeyTable.Insert(_table!, value.Hash(), Count);
        }

        if (Count == _members.Length) Array.Resize(ref _members, Math.Max(4, Count * 2));
        _members.AsSpan()[Count++] = value;
        return true;
    }

    public void AddAll(RegoSet set)
    {
        foreach (var member in set.Unordered) Add(member);
    }

    public RegoSet Build() => Count == 0 ? RegoSet.Empty : new RegoSet(_members, Count, Count > KeyTable.ScanLimit ? _table : null, sorted: false);

    private void Rehash()
    {
        _table = KeyTable.Create(Math.Max(16, Count * 2));
        for (var i = 0; i < Count; i++) KeyTable.Insert(_table, _members[i].Hash(), i);
    }
}
