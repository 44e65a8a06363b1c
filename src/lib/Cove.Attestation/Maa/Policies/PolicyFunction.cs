using Cove.Attestation.Claims;

namespace Cove.Attestation.Maa.Policies;

/// <summary>A function of the language (version 1.2).</summary>
/// <param name="Name">Its name.</param>
/// <param name="Arity">How many arguments it takes.</param>
/// <param name="TakesSets">Whether an argument stands for the values of all claims that match, not for one after the other.</param>
/// <param name="KeepsReadOnly">Whether its result may not be issued when an argument may not.</param>
/// <param name="Apply">What it does.</param>
internal sealed record PolicyFunction(string Name, int Arity, bool TakesSets, bool KeepsReadOnly, Func<IReadOnlyList<IReadOnlyList<ClaimValue>>, IReadOnlyList<ClaimValue>> Apply)
{
    /// <summary>Every function there is.</summary>
    public static IReadOnlyList<PolicyFunction> All { get; } =
    [
        new("JsonToClaimValue", 1, TakesSets: false, KeepsReadOnly: true, arguments => PolicyJson.ToValues(Text(arguments, 0))),
        new("JmesPath", 2, TakesSets: false, KeepsReadOnly: true, arguments => [PolicyJson.Query(Text(arguments, 0), Text(arguments, 1))]),
        new("AppendString", 2, TakesSets: false, KeepsReadOnly: true, arguments => [Text(arguments, 0) + Text(arguments, 1)]),
        new("NegateBool", 1, TakesSets: false, KeepsReadOnly: true, arguments => [!Boolean(arguments)]),
        new("IsSubsetOf", 2, TakesSets: true, KeepsReadOnly: false, arguments => [arguments[0].All(arguments[1].Contains)]),
        new("ContainsOnlyValue", 2, TakesSets: true, KeepsReadOnly: false, arguments => [arguments[0].Count > 0 && arguments[0].All(value => value.Equals(One(arguments, 1)))]),
    ];

    public static PolicyFunction? Find(string name) => All.FirstOrDefault(function => function.Name.Equals(name, StringComparison.OrdinalIgnoreCase));

    private static ClaimValue One(IReadOnlyList<IReadOnlyList<ClaimValue>> arguments, int index) =>
        arguments[index] is [var value] ? value : throw new PolicyEvaluationException($"argument {index + 1} has {arguments[index].Count} values, expected one");

    private static string Text(IReadOnlyList<IReadOnlyList<ClaimValue>> arguments, int index) =>
        One(arguments, index) is ClaimValue.Text text ? text.Value : throw new PolicyEvaluationException($"argument {index + 1} is not a string");

    private static bool Boolean(IReadOnlyList<IReadOnlyList<ClaimValue>> arguments) =>
        One(arguments, 0) is ClaimValue.Boolean boolean ? boolean.Value : throw new PolicyEvaluationException("argument 1 is not a boolean");
}
