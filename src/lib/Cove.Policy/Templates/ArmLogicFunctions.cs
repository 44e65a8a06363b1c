using static Cove.Policy.Templates.ArmFunctions;

namespace Cove.Policy.Templates;

/// <summary>Comparison, logic and arithmetic.</summary>
internal static class ArmLogicFunctions
{
    internal static readonly IReadOnlyList<KeyValuePair<string, ArmFunction>> Rows =
    [
        Row("equals", 2, c => new ArmBool(AreEqual(c[0], c[1]))),
        Row("not", 1, c => new ArmBool(!c.Bool(0))),
        Row("and", 2, int.MaxValue, c => new ArmBool(Enumerable.Range(0, c.Count).All(c.Bool))),
        Row("or", 2, int.MaxValue, c => new ArmBool(Enumerable.Range(0, c.Count).Any(c.Bool))),
        Row("true", 0, _ => new ArmBool(true)),
        Row("false", 0, _ => new ArmBool(false)),
        Row("null", 0, _ => ArmNull.Instance),
        Row("coalesce", 1, int.MaxValue, c => c.Arguments.FirstOrDefault(argument => argument is not ArmNull) ?? ArmNull.Instance),
        Row("less", 2, c => new ArmBool(Compare(c) < 0)),
        Row("lessOrEquals", 2, c => new ArmBool(Compare(c) <= 0)),
        Row("greater", 2, c => new ArmBool(Compare(c) > 0)),
        Row("greaterOrEquals", 2, c => new ArmBool(Compare(c) >= 0)),
        Row("add", 2, c => Number(c, (a, b) => checked(a + b))),
        Row("sub", 2, c => Number(c, (a, b) => checked(a - b))),
        Row("mul", 2, c => Number(c, (a, b) => checked(a * b))),
        Row("div", 2, c => Number(c, (a, b) => a / b)),
        Row("mod", 2, c => Number(c, (a, b) => a % b)),
        Row("min", 1, int.MaxValue, c => new ArmNumber(Integers(c).Min())),
        Row("max", 1, int.MaxValue, c => new ArmNumber(Integers(c).Max())),
    ];

    private static int Compare(ArmCall c) => c[0] is ArmText ? string.CompareOrdinal(c.Text(0), c.Text(1)) : c.Integer(0).CompareTo(c.Integer(1));

    private static ArmNumber Number(ArmCall c, Func<long, long, long> operation)
    {
        try
        {
            return new ArmNumber(operation(c.Integer(0), c.Integer(1)));
        }
        catch (ArithmeticException)
        {
            throw c.Fail("the result is not a 64-bit number");
        }
    }

    private static IReadOnlyList<long> Integers(ArmCall c)
    {
        if (c[0] is not ArmArray array) return [.. Enumerable.Range(0, c.Count).Select(c.Integer)];
        var numbers = array.Items.OfType<ArmNumber>().Select(number => (long)number.Value).ToList();
        return numbers.Count == array.Items.Count && numbers.Count > 0 ? numbers : throw c.Wrong(0, "an array of ints");
    }
}
