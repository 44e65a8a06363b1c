using Cove.Rego.Values;

namespace Cove.Rego;

/// <summary>A function that the host offers to policies.</summary>
/// <param name="Name">The dotted name under which policies call it.</param>
/// <param name="Signature">Types of arguments and result, for instance <c>(str, array[num]) -> bool</c>.</param>
/// <param name="Body">Gives the result, or null for undefined. Must be pure within one evaluation.</param>
public sealed record RegoBuiltin(string Name, string Signature, Func<IReadOnlyList<RegoValue>, RegoValue?> Body);
