using System.Globalization;

namespace Cove.Cli.Output;

/// <summary>Numbers as people read them.</summary>
internal static class Quantity
{
    /// <summary>Bytes in powers of 1000, three digits: <c>1.25 GB</c>.</summary>
    public static string Bytes(long bytes)
    {
        if (bytes < 1000) return string.Create(CultureInfo.InvariantCulture, $"{bytes} B");
        var (value, unit) = ((double)bytes, 0);
        while (value >= 999.5)
        {
            value /= 1000;
            unit++;
        }

        return value.ToString(value < 9.995 ? "0.00" : value < 99.95 ? "0.0" : "0", CultureInfo.InvariantCulture) + " " + "kMGTPE"[unit - 1] + "B";
    }

    /// <summary>A count and its noun: <c>1 layer</c>, <c>3 layers</c>.</summary>
    public static string Of(int count, string noun) => string.Create(CultureInfo.InvariantCulture, $"{count} {noun}{(count == 1 ? "" : "s")}");
}
