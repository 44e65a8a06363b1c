using Cove.Images.Tar;

namespace Cove.Images.Ext4;

/// <summary>
/// Time stamps as the reference packs them: 34 bits of seconds, nanoseconds above. The low half goes into the inode's old field, the
/// high half into its extra field.
/// </summary>
internal static class FsTime
{
    private const long Earliest = -0x80000000L;
    private const long Latest = 0x37fffffffL;
    private const int SecondBits = 34;

    /// <summary>1 January of the year 1, which Go takes for "no time".</summary>
    private const long YearOne = -62135596800L;

    public static ulong From(TarTime? time)
    {
        if (time is not { } t || t == new TarTime(YearOne)) return 0;
        if (t.Seconds < Earliest) return 0x80000000;
        return t.Seconds > Latest ? (ulong)Latest : unchecked((ulong)t.Seconds) | ((ulong)t.Nanoseconds << SecondBits);
    }

    /// <summary>
    /// What becomes of a time that is read back and packed again, as happens to the attributes of a directory that an implied child or an
    /// opaque marker takes them from. The identity, except before 1970, where the sign runs through the nanoseconds.
    /// </summary>
    public static ulong Repack(ulong packed)
    {
        if (packed == 0) return 0;
        var seconds = (long)(packed & ((1UL << SecondBits) - 1));
        if (seconds is > int.MaxValue and < 0x100000000L) seconds = unchecked((int)(uint)seconds);
        var nanoseconds = packed >> SecondBits;
        if (nanoseconds >= TarTime.NanosecondsPerSecond)
        {
            seconds += (long)(nanoseconds / TarTime.NanosecondsPerSecond);
            nanoseconds %= TarTime.NanosecondsPerSecond;
        }

        return From(new TarTime(seconds, (uint)nanoseconds));
    }
}
