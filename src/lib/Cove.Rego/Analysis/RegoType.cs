using Cove.Rego.Values;

namespace Cove.Rego.Analysis;

/// <summary>What the static checker knows of a value.</summary>
internal abstract record RegoType
{
    public static AnyType Any { get; } = new([]);

    public static RegoType Null { get; } = new ScalarType(RegoKind.Null);

    public static RegoType Boolean { get; } = new ScalarType(RegoKind.Boolean);

    public static RegoType Number { get; } = new ScalarType(RegoKind.Number);

    public static RegoType String { get; } = new ScalarType(RegoKind.String);

    public bool IsAny => this is AnyType { Members.Count: 0 };

    public static RegoType Union(IEnumerable<RegoType> members)
    {
        var distinct = new List<RegoType>();
        foreach (var member in members)
        {
            if (member.IsAny) return Any;
            foreach (var part in member is AnyType any ? any.Members : [member])
                if (!distinct.Contains(part)) distinct.Add(part);
        }

        return distinct.Count == 1 ? distinct[0] : new AnyType(distinct);
    }
}

internal sealed record ScalarType(RegoKind Kind) : RegoType;

/// <summary>One of some types; of any type when there are no members.</summary>
internal sealed record AnyType(IReadOnlyList<RegoType> Members) : RegoType
{
    public bool Equals(AnyType? other) => other is not null && Members.SequenceEqual(other.Members);

    public override int GetHashCode() => Members.Count;
}

internal sealed record ArrayType(IReadOnlyList<RegoType> Items, RegoType? Rest) : RegoType
{
    public bool Equals(ArrayType? other) => other is not null && Items.SequenceEqual(other.Items) && Equals(Rest, other.Rest);

    public override int GetHashCode() => Items.Count;
}

internal sealed record SetType(RegoType Of) : RegoType;

internal sealed record ObjectType(IReadOnlyList<(RegoValue Key, RegoType Type)> Properties, RegoType? Key, RegoType? Value) : RegoType
{
    public bool Equals(ObjectType? other) =>
        other is not null && SameProperties(other) && Equals(Key, other.Key) && Equals(Value, other.Value);

    private bool SameProperties(ObjectType other)
    {
        if (Properties.Count != other.Properties.Count) return false;
        for (var i = 0; i < Properties.Count; i++)
            if (Properties[i].Key != other.Properties[i].Key || !Properties[i].Type.Equals(other.Properties[i].Type)) return false;
        return true;
    }

    public override int GetHashCode() => Properties.Count;

    public RegoType? Find(RegoValue key)
    {
        foreach (var (name, type) in Properties)
            if (name == key) return type;
        return null;
    }
}

/// <summary>A function: the types of its arguments and of its result.</summary>
internal sealed record RegoFunctionType(IReadOnlyList<RegoType> Arguments, RegoType Result, bool Variadic) : RegoType;
