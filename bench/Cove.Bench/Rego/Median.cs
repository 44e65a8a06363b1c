using System.Diagnostics;

namespace Cove.Bench.Rego;

/// <summary>How long something takes that is over too soon to be measured once.</summary>
internal static class Median
{
    private const int Batches = 11;
    private static readonly TimeSpan WarmUp = TimeSpan.FromMilliseconds(800);

    /// <summary>Nanoseconds of one run: the median of batches after a warm-up.</summary>
    public static double Nanoseconds(Action run)
    {
        var warmed = 0;
        for (var start = Stopwatch.GetTimestamp(); warmed < 3 || Stopwatch.GetElapsedTime(start) < WarmUp; warmed++) run();
        var size = Math.Max(1, warmed / 20);
        var times = new double[Batches];
        for (var batch = 0; batch < times.Length; batch++)
        {
            var start = Stopwatch.GetTimestamp();
            for (var i = 0; i < size; i++) run();
            times[batch] = Stopwatch.GetElapsedTime(start).TotalNanoseconds / size;
        }

        Array.Sort(times);
        return times[times.Length / 2];
    }
}
