using System.Runtime.InteropServices;

namespace Cove.Fuzz;

/// <summary>Processor time of the calling thread.</summary>
internal static partial class ThreadTime
{
    private const int ThreadProcessorTime = 3; // CLOCK_THREAD_CPUTIME_ID

    public static TimeSpan Now
    {
        get
        {
            if (ClockGetTime(ThreadProcessorTime, out var time) != 0) throw new InvalidOperationException("the thread's processor time cannot be read");
            return TimeSpan.FromSeconds(time.Seconds) + TimeSpan.FromTicks(time.Nanoseconds / 100);
        }
    }

    [LibraryImport("libc", EntryPoint = "clock_gettime")]
    private static partial int ClockGetTime(int clock, out Time time);

    [StructLayout(LayoutKind.Sequential)]
    private struct Time
    {
        public long Seconds;
        public long Nanoseconds;
    }
}
