namespace Cove.Rego.GraphQl;

/// <summary>How types relate.</summary>
internal static class GraphTypes
{
    /// <summary>True when a value of the first type may stand where the second is wanted (specification §5.8.5).</summary>
    public static bool Fits(GraphType type, GraphType wanted)
    {
        if (type.Name != wanted.Name || type.Element is null != wanted.Element is null) return false;
        if (type.Element is not null && !Fits(type.Element, wanted.Element!)) return false;
        return !wanted.IsNonNull || type.IsNonNull;
    }

    /// <summary>True when two fields of these types cannot be merged: different lists, nullability or leaves (specification §5.3.2).</summary>
    public static bool Conflict(GraphSchema schema, GraphType a, GraphType b)
    {
        if (a.IsNonNull != b.IsNonNull || a.Element is null != b.Element is null) return true;
        if (a.Element is not null) return Conflict(schema, a.Element, b.Element!);
        return schema.Type(a.Name) is { IsLeaf: true } && schema.Type(b.Name) is { IsLeaf: true } && a.Name != b.Name;
    }
}
