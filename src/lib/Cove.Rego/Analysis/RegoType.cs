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

    /// <summary>Beyond so many parts nothing is said of a value: types hold one another in two places as values do, and are gone through.</summary>
    private const int MaxParts = 100_000;
    private int parts;

    private int Parts => parts != 0 ? parts : parts = (int)Math.Min(CountParts(), MaxParts + 1);

    /// <summary>This, or any type where this has too many parts to be compared.</summary>
    public RegoType Bounded => Parts > MaxParts ? Any : this;

    public virtual bool Equals(RegoType? other) => other is not null && EqualityContract == other.EqualityContract;

    public override int GetHashCode() => EqualityContract.GetHashCode();

    protected virtual long CountParts() => 1;

    protected static long Sum(IEnumerable<RegoType?> types)
    {
        System.Runtime.CompilerServices.RuntimeHelpers.EnsureSufficientExecutionStack();
        var sum = 1L;
        foreach (var type in types) sum += type?.Parts ?? 0;
        return sum;
    }

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

    protected override long CountParts() => Sum(Members);
}

internal sealed record ArrayType(IReadOnlyList<RegoType> Items, RegoType? Rest) : RegoType
{
    public bool Equals(ArrayType? other) => other is not null && Items.SequenceEqual(other.Items) && Equals(Rest, other.Rest);

    public override int GetHashCode() => Items.Count;

    protected override long CountParts() => Sum([.. Items, Rest]);
}

internal sealed record SetType(RegoType Of) : RegoType
{
    protected override long CountParts() => Sum([Of]);
}

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

    protected override long CountParts() => Sum([.. Properties.Select(static p => p.Type), Key, Value]);

    public RegoType? Find(RegoValue key)
    {
        foreach (var (name, type) in Properties)
            if (name == key) return type;
        return null;
    }
}

/// <summary>A function: the types of its arguments and of its result.</summary>
internal sealed record RegoFunctionType(IReadOnlyList<RegoType> Arguments, RegoType Result, bool Variadic) : RegoType
{
    // A function stays one: what it takes and gives is bounded by itself.
    protected override long CountParts() => 1;
}
