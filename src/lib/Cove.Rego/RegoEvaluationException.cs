namespace Cove.Rego;

/// <summary>Why an evaluation did not come to an answer.</summary>
public enum RegoEvaluationProblem
{
    /// <summary>Rules gave different values for one document, or a "with" could not be applied.</summary>
    Conflict,

    /// <summary>A builtin failed, and the evaluation was strict about that.</summary>
    Builtin,

    /// <summary>A limit on steps, memory, time or depth was reached.</summary>
    Limit,

    /// <summary>The caller cancelled.</summary>
    Cancelled,
}

/// <summary>An evaluation ended in an error rather than in a value or "undefined".</summary>
public sealed class RegoEvaluationException : Exception
{
    internal RegoEvaluationException(RegoEvaluationProblem problem, string code, string message, Syntax.Location? at = null)
        : base(at is null ? $"{code}: {message}" : at.File.Length > 0 ? $"{at.File}:{at.Row}: {code}: {message}" : $"{at.Row}:{at.Column}: {code}: {message}") => (Problem, Code, Reason) = (problem, code, message);

    /// <summary>What kind of problem.</summary>
    public RegoEvaluationProblem Problem { get; }

    /// <summary>OPA's code, for instance <c>eval_conflict_error</c>; <c>eval_limit_error</c> for limits, which OPA does not have.</summary>
    public string Code { get; }

    /// <summary>The message without the code.</summary>
    public string Reason { get; }

    internal static RegoEvaluationException Conflict(string message, Syntax.Location? at = null) => new(RegoEvaluationProblem.Conflict, "eval_conflict_error", message, at);

    internal static RegoEvaluationException Limit(string message) => new(RegoEvaluationProblem.Limit, "eval_limit_error", message);
}
