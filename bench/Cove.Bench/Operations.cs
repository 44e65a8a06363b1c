using System.Diagnostics;
using System.Globalization;

namespace Cove.Bench;

/// <summary>How often something is done in a second: by the clock, and by the processor time it takes, which other processes do not change.</summary>
internal readonly record struct Operations(double PerSecond, double PerProcessorSecond)
{
    private const int Runs = 5;
    private static readonly TimeSpan Length = TimeSpan.FromMilliseconds(400);

    /// <summary>The best of a few runs on one thread; one run before them is not counted.</summary>
    public static Operations Measure(Action once)
    {
        var best = default(Operations);
        for (var run = 0; run <= Runs; run++)
        {
            var start = Stopwatch.GetTimestamp();
            var used = Environment.CpuUsage.TotalTime;
            var count = 0;
            do
            {
                once();
                count++;
            }
            while (Stopwatch.GetElapsedTime(start) < Length);
            var seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
            var processor = (Environment.CpuUsage.TotalTime - used).TotalSeconds;
            if (run > 0) best = new Operations(Math.Max(best.PerSecond, count / seconds), Math.Max(best.PerProcessorSecond, count / processor));
        }

        return best;
    }

    /// <summary>Prints both rates, the second next to the yardstick, which is by processor time too.</summary>
    public void Print(string what, double yardstick) => Console.WriteLine(string.Create(
        CultureInfo.InvariantCulture, $"  {what,-58} {PerSecond,7:F0} /s  {PerProcessorSecond,7:F0} a processor second  {PerProcessorSecond / yardstick,5:F2} of openssl"));
}
