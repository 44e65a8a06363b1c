using Cove.Rego.Syntax;
using Cove.Rego.Values;

namespace Cove.Rego.Analysis;

/// <summary>Whether two types can hold a common value.</summary>
internal static class TypeUnifier
{
    public static bool Unifies(RegoType? a, RegoType? b)
    {
        if (a is null || b is null) return false;
        System.Runtime.CompilerServices.RuntimeHelpers.EnsureSufficientExecutionStack();
        if (a is AnyType anyA) return anyA.Members.Count == 0 || anyA.Members.Any(m => Unifies(m, b)) || (b is AnyType { Members.Count: 0 });
        if (b is AnyType anyB) return anyB.Members.Count == 0 || anyB.Members.Any(m => Unifies(m, a));
        return (a, b) switch
        {
            (ScalarType x, ScalarType y) => x.Kind == y.Kind,
            (SetType x, SetType y) => Unifies(x.Of, y.Of),
            (ArrayType x, ArrayType y) => Covers(x, y) && Covers(y, x) && (x.Rest is null || y.Rest is null || Unifies(x.Rest, y.Rest)),
            (ObjectType x, ObjectType y) => Covers(x, y) && Covers(y, x) && (x.Value is null || y.Value is null || Unifies(x.Value, y.Value)),
            _ => false,
        };
    }

    private static bool Covers(ArrayType a, ArrayType b)
    {
        for (var i = 0; i < a.Items.Count; i++)
            if (!Unifies(a.Items[i], i < b.Items.Count ? b.Items[i] : b.Rest)) return false;
        return true;
    }

    private static bool Covers(ObjectType a, ObjectType b)
    {
        foreach (var (key, type) in a.Properties)
            if (!Unifies(type, Select(b, key))) return false;
        return true;
    }

    /// <summary>The type found by a constant key, or null where there can be none.</summary>
    public static RegoType? Select(RegoType? type, RegoValue key)
    {
        switch (type)
        {
            case AnyType { Members.Count: 0 }: return RegoType.Any;
            case AnyType any:
                var found = any.Members.Select(m => Select(m, key)).OfType<RegoType>().ToList();
                return found.Count == 0 ? null : RegoType.Union(found);
            case ArrayType array:
                if (key is not RegoNumber number || !number.TryGetInt32(out var index) || index < 0) return null;
                return index < array.Items.Count ? array.Items[index] : array.Rest;
            case ObjectType obj:
                return obj.Find(key) ?? (obj.Key is not null && Unifies(obj.Key, OfValue(key)) ? obj.Value : null);
            case SetType set:
                return Unifies(set.Of, OfValue(key)) ? set.Of : null;
            default: return null;
        }
    }

    /// <summary>The type of the keys of a composite, or null.</summary>
    public static RegoType? Keys(RegoType? type) => type switch
    {
        AnyType { Members.Count: 0 } => RegoType.Any,
        AnyType any => Merge(any.Members.Select(Keys)),
        ArrayType => RegoType.Number,
        ObjectType obj => Merge([.. obj.Properties.Select(static p => OfValue(p.Key)), obj.Key]),
        SetType set => set.Of,
        _ => null,
    };

    /// <summary>The type of the values of a composite, or null.</summary>
    public static RegoType? Values(RegoType? type) => type switch
    {
        AnyType { Members.Count: 0 } => RegoType.Any,
        AnyType any => Merge(any.Members.Select(Values)),
        ArrayType array => Merge([.. array.Items, array.Rest]),
        ObjectType obj => Merge([.. obj.Properties.Select(static p => p.Type), obj.Value]),
        SetType set => set.Of,
        _ => null,
    };

    private static RegoType? Merge(IEnumerable<RegoType?> types)
    {
        var known = types.OfType<RegoType>().ToList();
        return known.Count == 0 ? null : RegoType.Union(known);
    }

    public static RegoType OfValue(RegoValue value) => value switch
    {
        RegoArray array => new ArrayType([.. array.Items.Select(OfValue)], null),
        RegoSet set => new SetType(set.Count == 0 ? RegoType.Any : RegoType.Union(set.Sorted.Select(OfValue))),
        RegoObject obj => new ObjectType([.. obj.Entries().Select(static e => (e.Key, OfValue(e.Value)))], null, null),
        _ => new ScalarType(value.Kind),
    };
}
