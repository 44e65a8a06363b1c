using Cove.Rego.Values;

namespace Cove.Rego;

/// <summary>An expression that was undefined or false.</summary>
/// <param name="Text">Its source text on one line.</param>
/// <param name="File">The module in which it stands.</param>
/// <param name="Row">Its row from 1.</param>
/// <param name="Column">Its column from 1 in code points.</param>
/// <param name="Bindings">What plays a part in it: variables, parts of the input and the results of calls, with their values. May hold secrets of the input.</param>
/// <param name="Undefined">Parts of the input that play a part in it and are not there.</param>
/// <param name="Because">The documents and functions it refers to that did not hold themselves.</param>
public sealed record RegoFailedExpression(
    string Text,
    string File,
    int Row,
    int Column,
    IReadOnlyList<KeyValuePair<string, RegoValue>> Bindings,
    IReadOnlyList<string> Undefined,
    IReadOnlyList<RegoExplanation> Because);
