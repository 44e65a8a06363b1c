namespace Cove.Rego;

/// <summary>How far one definition got.</summary>
/// <param name="File">The module in which it stands.</param>
/// <param name="Row">Its row from 1.</param>
/// <param name="Held">Whether its body held at least once.</param>
/// <param name="Failed">The expression that it ended at, the furthest over all its evaluations; null where it held or was never tried.</param>
public sealed record RegoRuleExplanation(string File, int Row, bool Held, RegoFailedExpression? Failed);
