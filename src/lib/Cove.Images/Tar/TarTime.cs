namespace Cove.Images.Tar;

/// <summary>A time stamp as tar carries it: seconds since 1970 and nanoseconds (0..999999999) forward from there.</summary>
internal readonly record struct TarTime(long Seconds, uint Nanoseconds = 0)
{
    public const uint NanosecondsPerSecond = 1_000_000_000;
}
