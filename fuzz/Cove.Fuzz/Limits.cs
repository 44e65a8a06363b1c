namespace Cove.Fuzz;

/// <summary>What one input may cost. Processor time, not the clock: the machine may be busy with something else.</summary>
internal static class Limits
{
    public static readonly TimeSpan ProcessorTime = TimeSpan.FromSeconds(1);

    public const long AllocatedBytes = 64 * 1024 * 1024;
}
