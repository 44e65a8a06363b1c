using System.Diagnostics;
using System.Globalization;

namespace Cove.Bench;

/// <summary>A measured rate in megabytes (10^6 bytes): by the clock, and by the processor time of all threads.</summary>
internal readonly record struct Rate(double PerSecond, double PerProcessorSecond)
{
    private const int Runs = 5;

    /// <summary>The best of a few runs, because what disturbs a run only ever makes it slower; one run before them is not counted.</summary>
    public static Rate Measure(long bytes, Action run)
    {
        run();
        var (clock, processor) = (double.MaxValue, double.MaxValue);
        for (var i = 0; i < Runs; i++)
        {
            var start = Stopwatch.GetTimestamp();
            var used = Environment.CpuUsage.TotalTime;
            run();
            clock = Math.Min(clock, Stopwatch.GetElapsedTime(start).TotalSeconds);
            processor = Math.Min(processor, (Environment.CpuUsage.TotalTime - used).TotalSeconds);
        }

        return new Rate(bytes / clock / 1e6, bytes / processor / 1e6);
    }

    /// <summary>Prints both rates, the first next to the yardstick.</summary>
    public void Print(string what, double yardstick) => Console.WriteLine(string.Create(
        CultureInfo.InvariantCulture, $"  {what,-52} {PerSecond,6:F0} MB/s  {PerSecond / yardstick,5:F2} of openssl  {PerProcessorSecond,6:F0} MB a processor second"));
}
