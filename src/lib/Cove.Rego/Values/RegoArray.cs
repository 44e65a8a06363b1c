using System.Runtime.CompilerServices;

namespace Cove.Rego.Values;

/// <summary>A Rego array.</summary>
public sealed class RegoArray : RegoValue
{
    private int _hash;

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

    internal override int Hash()
    {
        if (_hash != 0) return _hash;
        RuntimeHelpers.EnsureSufficientExecutionStack();
        var hash = 17;
        foreach (var item in Items) hash = (hash * 31) + item.Hash();
        return _hash = hash == 0 ? 1 : hash;
    }

    private protected override bool EqualsSameKind(RegoValue other)
    {
        var a = Items;
        var b = ((RegoArray)other).Items;
        if (a.Length != b.Length) return false;
        RuntimeHelpers.EnsureSufficientExecutionStack();
        for (var i = 0; i < a.Length; i++)
            if (!AreEqual(a[i], b[i])) return false;
        return true;
    }
}
