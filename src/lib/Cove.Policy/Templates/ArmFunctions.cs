using System.Collections.Frozen;

namespace Cove.Policy.Templates;

/// <summary>
/// The functions of the template language that depend on their arguments alone (spec key-vault-and-arm §5.2).
/// To add one: a row in the group it belongs to, and a test.
/// </summary>
internal static class ArmFunctions
{
    /// <summary>Every function by its name, without regard to case.</summary>
    internal static readonly FrozenDictionary<string, ArmFunction> All =
        ArmTextFunctions.Rows.Concat(ArmCollectionFunctions.Rows).Concat(ArmLogicFunctions.Rows).Concat(ArmDeploymentFunctions.Rows)
            .ToFrozenDictionary(row => row.Key, row => row.Value, StringComparer.OrdinalIgnoreCase);

    internal static KeyValuePair<string, ArmFunction> Row(string name, int arity, Func<ArmCall, ArmValue> apply) => Row(name, arity, arity, apply);

    internal static KeyValuePair<string, ArmFunction> Row(string name, int least, int most, Func<ArmCall, ArmValue> apply) =>
        KeyValuePair.Create(name, new ArmFunction(least, most, apply));

    /// <summary>Equality of the template language: by value, strings with regard to case, object members in any order.</summary>
    internal static bool AreEqual(ArmValue left, ArmValue right) => (left, right) switch
    {
        (ArmNull, ArmNull) => true,
        (ArmBool a, ArmBool b) => a.Value == b.Value,
        (ArmNumber a, ArmNumber b) => a.Value == b.Value,
        (ArmText a, ArmText b) => string.Equals(a.Value, b.Value, StringComparison.Ordinal),
        (ArmArray a, ArmArray b) => a.Items.Count == b.Items.Count && a.Items.Zip(b.Items).All(pair => AreEqual(pair.First, pair.Second)),
        (ArmObject a, ArmObject b) => a.Members.Count == b.Members.Count
            && a.Members.All(member => b[member.Key] is { } other && AreEqual(member.Value, other)),
        _ => false,
    };
}
