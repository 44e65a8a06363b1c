using Cove.Rego.Values;

namespace Cove.Rego;

/// <summary>Why a document has the value that it has, or none: every definition of it, and how far each got.</summary>
/// <param name="Document">Its full name, for instance <c>data.policy.allow</c>.</param>
/// <param name="Value">Its value; null where it is undefined, and for documents that are only part of the reason.</param>
/// <param name="Rules">Its definitions in order of source, the parts behind "else" too, without defaults.</param>
public sealed record RegoExplanation(string Document, RegoValue? Value, IReadOnlyList<RegoRuleExplanation> Rules);
