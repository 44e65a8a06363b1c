using Cove.Attestation.Maa.Policies;

namespace Cove.Attestation.Maa.JmesPath;

/// <summary>A function of JMESPath, or the one that MAA adds (<c>equals_ignore_case</c>). Those that take an expression are not there.</summary>
/// <param name="Name">Its name.</param>
/// <param name="MinimumArguments">Fewest arguments.</param>
/// <param name="MaximumArguments">Most arguments.</param>
/// <param name="Apply">What it does.</param>
internal sealed record JmesFunction(string Name, int MinimumArguments, int MaximumArguments, Func<List<object?>, object?> Apply)
{
    private const int Many = 64;

    private static readonly JmesFunction[] All =
    [
        new("abs", 1, 1, a => Math.Abs(Number(a, 0))),
        new("avg", 1, 1, a => Numbers(a, 0) is { Count: > 0 } n ? n.Average() : null),
        new("ceil", 1, 1, a => Math.Ceiling(Number(a, 0))),
        new("contains", 2, 2, a => a[0] is string text ? a[1] is string part && text.Contains(part, StringComparison.Ordinal) : List(a, 0).Exists(item => JmesValues.AreEqual(item, a[1]))),
        new("ends_with", 2, 2, a => Text(a, 0).EndsWith(Text(a, 1), StringComparison.Ordinal)),
        new("equals_ignore_case", 2, 2, a => Text(a, 0).Equals(Text(a, 1), StringComparison.OrdinalIgnoreCase)),
        new("floor", 1, 1, a => Math.Floor(Number(a, 0))),
        new("join", 2, 2, a => string.Join(Text(a, 0), Texts(a, 1))),
        new("keys", 1, 1, a => Members(a, 0).Keys.Select(object? (key) => key).ToList()),
        new("length", 1, 1, a => (decimal)(a[0] switch { string text => text.EnumerateRunes().Count(), List<object?> list => list.Count, _ => Members(a, 0).Count })),
        new("max", 1, 1, a => List(a, 0) is [string, ..] ? Texts(a, 0).Max(StringComparer.Ordinal) : Numbers(a, 0) is { Count: > 0 } n ? n.Max() : null),
        new("merge", 1, Many, Merge),
        new("min", 1, 1, a => List(a, 0) is [string, ..] ? Texts(a, 0).Min(StringComparer.Ordinal) : Numbers(a, 0) is { Count: > 0 } n ? n.Min() : null),
        new("not_null", 1, Many, a => a.Find(value => value is not null)),
        new("reverse", 1, 1, a => a[0] is string text ? Reversed(text) : Enumerable.Reverse(List(a, 0)).ToList()),
        new("sort", 1, 1, a => List(a, 0) is [string, ..] ? Texts(a, 0).Order(StringComparer.Ordinal).Select(object? (t) => t).ToList() : Numbers(a, 0).Order().Select(object? (n) => n).ToList()),
        new("starts_with", 2, 2, a => Text(a, 0).StartsWith(Text(a, 1), StringComparison.Ordinal)),
        new("sum", 1, 1, a => Numbers(a, 0).Sum()),
        new("to_array", 1, 1, a => a[0] as List<object?> ?? [a[0]]),
        new("to_number", 1, 1, a => a[0] switch { decimal number => number, string text => ParseNumber(text), _ => null }),
        new("to_string", 1, 1, a => a[0] as string ?? JmesValues.ToJson(a[0])),
        new("type", 1, 1, a => TypeOf(a[0])),
        new("values", 1, 1, a => Members(a, 0).Values.ToList()),
    ];

    public static JmesFunction? Find(string name) => Array.Find(All, function => function.Name == name);

    private static PolicyEvaluationException Wrong(int index, string expected) => new($"argument {index + 1} of a JMESPath function is not {expected}");

    private static decimal Number(List<object?> arguments, int index) => arguments[index] is decimal number ? number : throw Wrong(index, "a number");

    private static string Text(List<object?> arguments, int index) => arguments[index] as string ?? throw Wrong(index, "a string");

    private static List<object?> List(List<object?> arguments, int index) => arguments[index] as List<object?> ?? throw Wrong(index, "an array");

    private static OrderedDictionary<string, object?> Members(List<object?> arguments, int index) => arguments[index] as OrderedDictionary<string, object?> ?? throw Wrong(index, "an object");

    private static List<decimal> Numbers(List<object?> arguments, int index) => List(arguments, index).ConvertAll(item => item is decimal number ? number : throw Wrong(index, "an array of numbers"));

    private static List<string> Texts(List<object?> arguments, int index) => List(arguments, index).ConvertAll(item => item as string ?? throw Wrong(index, "an array of strings"));

    private static OrderedDictionary<string, object?> Merge(List<object?> arguments)
    {
        var merged = JmesValues.Object([]);
        for (var i = 0; i < arguments.Count; i++)
        {
            foreach (var (name, value) in Members(arguments, i)) merged[name] = value;
        }

        return merged;
    }

    private static string Reversed(string text) => string.Concat(text.EnumerateRunes().Reverse().Select(rune => rune.ToString()));

    private static object? ParseNumber(string text) =>
        decimal.TryParse(text, System.Globalization.NumberStyles.Float, System.Globalization.CultureInfo.InvariantCulture, out var number) ? number : null;

    private static string TypeOf(object? value) => value switch { null => "null", bool => "boolean", decimal => "number", string => "string", List<object?> => "array", _ => "object" };
}
