namespace Cove.Fuzz;

/// <summary>What one input took.</summary>
internal readonly record struct Cost(TimeSpan ProcessorTime, long AllocatedBytes)
{
    public bool IsOverLimits => ProcessorTime > Limits.ProcessorTime || AllocatedBytes > Limits.AllocatedBytes;

    public override string ToString() => $"{ProcessorTime.TotalMilliseconds:F0} ms of processor time, {AllocatedBytes / 1024} KB allocated";
}
