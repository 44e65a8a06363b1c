using Cove.Outcomes;

namespace Cove.Protocol.Messages;

/// <summary>Why a call did not succeed, on the wire.</summary>
/// <param name="Outcome">Which of the three.</param>
/// <param name="Code">Stable code of a failure, e.g. <c>busy</c>; <c>denied</c> and <c>malformed</c> repeat the outcome.</param>
/// <param name="Message">One sentence. Never a secret.</param>
/// <param name="Findings">Every reason of a denial.</param>
internal sealed record CallError(CallOutcome Outcome, string Code, string Message, IReadOnlyList<Finding> Findings);
