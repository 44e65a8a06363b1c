using System.Runtime.InteropServices;

namespace Cove.Fuzz.Coverage;

/// <summary>
/// Where instrumented code says which way it went: one counter for each pair of blocks that followed one another, in the memory that
/// AFL++ shares with its targets. Not safe for concurrent use: one input runs at a time, on one thread.
/// </summary>
public static unsafe class Trace
{
    /// <summary>AFL++'s default, in bytes; a power of two.</summary>
    public const int MapSize = 1 << 16;

    private static byte* map = (byte*)NativeMemory.AllocZeroed(MapSize);
    private static int previous;

    /// <summary>Called at the start of every block of instrumented code.</summary>
    /// <param name="block">The block's number, the same in every run.</param>
    public static void Hit(int block)
    {
        map[(block ^ previous) & (MapSize - 1)]++;
        previous = block >> 1;
    }

    /// <summary>Counts in AFL++'s memory from now on.</summary>
    internal static void CountIn(byte* shared) => map = shared;

    /// <summary>A new input starts.</summary>
    internal static void Restart() => previous = 0;
}
