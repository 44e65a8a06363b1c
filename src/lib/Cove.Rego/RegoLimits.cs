namespace Cove.Rego;

/// <summary>What one evaluation may cost; beyond it ends in a <see cref="RegoEvaluationException"/>.</summary>
public sealed record RegoLimits
{
    /// <summary>The most steps: expressions evaluated and elements visited.</summary>
    public long MaxSteps { get; init; } = 1_000_000_000;

    /// <summary>The most bytes that the evaluation may allocate in total.</summary>
    public long MaxAllocatedBytes { get; init; } = 4L << 30;

    /// <summary>The longest duration.</summary>
    public TimeSpan MaxDuration { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>The most elements that one builtin may produce.</summary>
    public int MaxBuiltinElements { get; init; } = 10_000_000;

    /// <summary>Limits for policies or inputs of parties that are not trusted: a second, 256 MiB.</summary>
    public static RegoLimits Hostile { get; } = new()
    {
        MaxSteps = 50_000_000,
        MaxAllocatedBytes = 256L << 20,
        MaxDuration = TimeSpan.FromSeconds(1),
        MaxBuiltinElements = 1_000_000,
    };
}
