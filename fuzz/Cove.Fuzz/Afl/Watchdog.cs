namespace Cove.Fuzz.Afl;

/// <summary>Ends the process when one input takes far more processor time than any may: its input stays in <see cref="RunState"/>.</summary>
internal static class Watchdog
{
    private static readonly TimeSpan Patience = 10 * Limits.ProcessorTime;

    /// <summary>Watches on a thread of its own until the process ends.</summary>
    /// <param name="finished">Counts the inputs that came back.</param>
    public static void Start(Func<long> finished) => new Thread(() =>
    {
        var (seen, since) = (-1L, TimeSpan.Zero);
        while (true)
        {
            Thread.Sleep(500);
            var (now, used) = (finished(), Environment.CpuUsage.TotalTime);
            if (now != seen) (seen, since) = (now, used);
            // Waiting for the next input uses no processor time.
            else if (used - since > Patience) Environment.FailFast("an input does not come back");
        }
    }) { IsBackground = true, Name = "watchdog" }.Start();
}
