using static Cove.Policy.Templates.ArmFunctions;

namespace Cove.Policy.Templates;

/// <summary>Functions over arrays and objects, and those that take either a string or a collection.</summary>
internal static class ArmCollectionFunctions
{
    private const int MaxRange = 10_000; // Azure's own limit

    internal static readonly IReadOnlyList<KeyValuePair<string, ArmFunction>> Rows =
    [
        Row("concat", 1, int.MaxValue, Concat),
        Row("array", 1, c => c[0] as ArmArray ?? new ArmArray([c[0]])),
        Row("createArray", 0, int.MaxValue, c => new ArmArray([.. c.Arguments])),
        Row("createObject", 0, int.MaxValue, CreateObject),
        Row("contains", 2, Contains),
        Row("empty", 1, c => new ArmBool(c[0] is ArmNull || Length(c, c[0]) == 0)),
        Row("length", 1, c => new ArmNumber(Length(c, c[0]))),
        Row("first", 1, c =>
            c[0] is ArmArray array ? array.Items.Count > 0 ? array.Items[0] : ArmNull.Instance : new ArmText(c.Text(0) is { Length: > 0 } s ? s[..1] : "")),
        Row("last", 1, c =>
            c[0] is ArmArray array ? array.Items.Count > 0 ? array.Items[^1] : ArmNull.Instance : new ArmText(c.Text(0) is { Length: > 0 } s ? s[^1..] : "")),
        Row("skip", 2, c =>
            c[0] is ArmArray array ? new ArmArray([.. array.Items.Skip(Bounded(c))]) : new ArmText(new string([.. c.Text(0).Skip(Bounded(c))]))),
        Row("take", 2, c =>
            c[0] is ArmArray array ? new ArmArray([.. array.Items.Take(Bounded(c))]) : new ArmText(new string([.. c.Text(0).Take(Bounded(c))]))),
        Row("union", 2, int.MaxValue, Union),
        Row("intersection", 2, int.MaxValue, Intersection),
        Row("range", 2, Range),
        Row("flatten", 1, c => new ArmArray([.. c.Array(0).Items.SelectMany(item => item is ArmArray inner ? inner.Items : [item])])),
        Row("items", 1, c =>
            new ArmArray([.. Object(c, 0).Members.OrderBy(m => m.Key, StringComparer.OrdinalIgnoreCase).Select(m => Pair(("key", new ArmText(m.Key)), ("value", m.Value)))])),
        Row("objectKeys", 1, c => new ArmArray([.. Object(c, 0).Members.Select(m => new ArmText(m.Key))])),
        Row("tryGet", 2, c => c[0] switch
        {
            ArmObject obj => obj[c.Text(1)] ?? ArmNull.Instance,
            ArmArray array when c.Integer(1) is var i && i >= 0 && i < array.Items.Count => array.Items[(int)i],
            _ => ArmNull.Instance,
        }),
    ];

    internal static ArmObject Pair(params (string Name, ArmValue Value)[] members) =>
        new([.. members.Select(m => KeyValuePair.Create(m.Name, m.Value))]);

    private static ArmObject Object(ArmCall c, int i) => c[i] as ArmObject ?? throw c.Wrong(i, "an object");

    private static int Bounded(ArmCall c) => (int)Math.Clamp(c.Integer(1), 0, int.MaxValue);

    private static ArmValue Concat(ArmCall c) => c[0] is ArmArray
        ? new ArmArray([.. Enumerable.Range(0, c.Count).SelectMany(i => c.Array(i).Items)])
        : new ArmText(string.Concat(c.Arguments.Select(argument => ArmTextFunctions.Plain(c, argument))));

    private static ArmObject CreateObject(ArmCall c)
    {
        if (c.Count % 2 != 0) throw c.Fail("names and values do not pair up");
        return new ArmObject([.. Enumerable.Range(0, c.Count / 2).Select(i => KeyValuePair.Create(c.Text(2 * i), c[(2 * i) + 1]))]);
    }

    private static ArmBool Contains(ArmCall c) => new(c[0] switch
    {
        ArmArray array => array.Items.Any(item => AreEqual(item, c[1])),
        ArmObject obj => obj[c.Text(1)] is not null,
        _ => c.Text(0).Contains(ArmTextFunctions.Plain(c, c[1]), StringComparison.Ordinal),
    });

    private static int Length(ArmCall c, ArmValue value) => value switch
    {
        ArmArray array => array.Items.Count,
        ArmObject obj => obj.Members.Count,
        ArmText text => text.Value.Length,
        _ => throw c.Wrong(0, "a string, an array or an object"),
    };

    private static ArmValue Union(ArmCall c)
    {
        if (c[0] is ArmArray)
        {
            var items = new List<ArmValue>();
            foreach (var item in Enumerable.Range(0, c.Count).SelectMany(i => c.Array(i).Items))
            {
                if (!items.Exists(known => AreEqual(known, item))) items.Add(item);
            }

            return new ArmArray(items);
        }

        return Enumerable.Range(1, c.Count - 1).Aggregate(Object(c, 0), (merged, i) => Merge(merged, Object(c, i)));
    }

    // Later members win; objects within are merged, arrays are replaced.
    private static ArmObject Merge(ArmObject left, ArmObject right)
    {
        var members = left.Members
            .Select(m => KeyValuePair.Create(m.Key, right[m.Key] switch
            {
                null => m.Value,
                ArmObject inner when m.Value is ArmObject outer => Merge(outer, inner),
                var other => other,
            }))
            .Concat(right.Members.Where(m => left[m.Key] is null));
        return new ArmObject([.. members]);
    }

    private static ArmValue Intersection(ArmCall c) => c[0] is ArmArray
        ? new ArmArray([.. c.Array(0).Items.Where(item => Enumerable.Range(1, c.Count - 1).All(i => c.Array(i).Items.Any(other => AreEqual(item, other))))])
        : new ArmObject([.. Object(c, 0).Members.Where(m => Enumerable.Range(1, c.Count - 1).All(i => Object(c, i)[m.Key] is { } other && AreEqual(m.Value, other)))]);

    private static ArmArray Range(ArmCall c)
    {
        var (start, count) = (c.Integer(0), c.Integer(1));
        if (count is < 0 or > MaxRange || start > int.MaxValue) throw c.Fail($"the range {start}, {count} is out of bounds");
        return new ArmArray([.. Enumerable.Range(0, (int)count).Select(i => new ArmNumber(start + i))]);
    }
}
