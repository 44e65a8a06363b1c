using System.Runtime.CompilerServices;

namespace Cove.Rego.Values;

/// <summary>The total order of Rego values: by kind, then numbers by value, strings bytewise, composites element by element.</summary>
internal static class ValueOrder
{
    public static IComparer<RegoValue> Comparer { get; } = Comparer<RegoValue>.Create(Compare);

    public static int Compare(RegoValue a, RegoValue b)
    {
        if (ReferenceEquals(a, b)) return 0;
        if (a.Kind != b.Kind) return a.Kind.CompareTo(b.Kind);
        switch (a.Kind)
        {
            case RegoKind.Boolean: return ((RegoBoolean)a).Value.CompareTo(((RegoBoolean)b).Value);
            case RegoKind.Number: return RegoNumber.Compare((RegoNumber)a, (RegoNumber)b);
            case RegoKind.String: return ByteText.Compare(((RegoString)a).Text, ((RegoString)b).Text);
            case RegoKind.Array:
                RegoValue.CheckComparable(a, b);
                return CompareLists(((RegoArray)a).Items, ((RegoArray)b).Items);
            case RegoKind.Object:
                RegoValue.CheckComparable(a, b);
                return CompareObjects((RegoObject)a, (RegoObject)b);
            case RegoKind.Set:
                RegoValue.CheckComparable(a, b);
                return CompareLists(((RegoSet)a).Sorted, ((RegoSet)b).Sorted);
            default: return 0;
        }
    }

    private static int CompareLists(RegoValue[] a, RegoValue[] b)
    {
        RuntimeHelpers.EnsureSufficientExecutionStack();
        var length = Math.Min(a.Length, b.Length);
        for (var i = 0; i < length; i++)
        {
            var order = Compare(a[i], b[i]);
            if (order != 0) return order;
        }

        return a.Length.CompareTo(b.Length);
    }

    private static int CompareObjects(RegoObject a, RegoObject b)
    {
        RuntimeHelpers.EnsureSufficientExecutionStack();
        var length = Math.Min(a.Count, b.Count);
        for (var i = 0; i < length; i++)
        {
            var order = Compare(a.KeyAt(i), b.KeyAt(i));
            if (order == 0) order = Compare(a.ValueAt(i), b.ValueAt(i));
            if (order != 0) return order;
        }

        return a.Count.CompareTo(b.Count);
    }
}
