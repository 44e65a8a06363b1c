using Cove.Rego.Values;

namespace Cove.Rego;

/// <summary>One solution of a query.</summary>
/// <param name="Bindings">The query's variables with their values, in order of their first appearance.</param>
/// <param name="Expressions">The value of each expression; true for those that only bind or compare.</param>
public sealed record RegoSolution(IReadOnlyList<KeyValuePair<string, RegoValue>> Bindings, IReadOnlyList<RegoValue> Expressions)
{
    /// <summary>The value of a variable, or null.</summary>
    public RegoValue? this[string name]
    {
        get
        {
            foreach (var (key, value) in Bindings)
                if (key == name) return value;
            return null;
        }
    }
}
