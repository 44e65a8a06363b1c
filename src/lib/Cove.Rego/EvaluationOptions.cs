namespace Cove.Rego;

/// <summary>How one evaluation behaves.</summary>
public sealed record EvaluationOptions
{
    /// <summary>The defaults.</summary>
    public static EvaluationOptions Default { get; } = new();

    /// <summary>What it may cost.</summary>
    public RegoLimits Limits { get; init; } = new();

    /// <summary>Whether a builtin that fails makes the evaluation fail, rather than the expression undefined.</summary>
    public bool StrictBuiltinErrors { get; init; }

    /// <summary>The clock of <c>time.now_ns</c>.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;

    /// <summary>Receives each line of <c>print</c>; the policy must have been compiled with <see cref="RegoCompilerOptions.Print"/>.</summary>
    public Action<string>? OnPrint { get; init; }

    /// <summary>What <c>opa.runtime</c> answers.</summary>
    public Values.RegoObject Runtime { get; init; } = Values.RegoObject.Empty;

    /// <summary>Stops the evaluation.</summary>
    public CancellationToken Cancellation { get; init; }
}
