using System.Globalization;
using System.Numerics;
using Cove.Rego.Evaluation;
using Cove.Rego.Values;

namespace Cove.Rego.Builtins;

internal static partial class TimeBuiltins
{
    private const string Moment = "either number (ns) or [number (ns), string (tz)]";

    public static IEnumerable<BuiltinDefinition> All =>
    [
        new("time.now_ns", "() -> num") { Zero = static c => c.Now },
        new("time.parse_ns", "(str, str) -> num") { Two = Parse },
        new("time.parse_rfc3339_ns", "(str) -> num") { One = static (c, a) => Operands.Text(c, a, 1, out var x) ? ParseAs(c, "2006-01-02T15:04:05Z07:00", x) : null },
        new("time.parse_duration_ns", "(str) -> num") { One = ParseDuration },
        new("time.format", "(<num, array<num, str>, array<num, str, str>>) -> str") { One = Format },
        new("time.date", "(<num, array<num, str>>) -> array<num, num, num>") { One = static (c, a) => Local(c, a, 1, out var t) ? Numbers(t.Time.Year, t.Time.Month, t.Time.Day) : null },
        new("time.clock", "(<num, array<num, str>>) -> array<num, num, num>") { One = static (c, a) => Local(c, a, 1, out var t) ? Numbers(t.Time.Hour, t.Time.Minute, t.Time.Second) : null },
        new("time.weekday", "(<num, array<num, str>>) -> str") { One = static (c, a) => Local(c, a, 1, out var t) ? Operands.Result(t.Time.DayOfWeek.ToString()) : null },
        new("time.add_date", "(num, num, num, num) -> num") { Many = AddDate },
        new("time.diff", "(<num, array<num, str>>, <num, array<num, str>>) -> array<num, num, num, num, num, num>") { Two = Difference },
    ];

    private static RegoArray Numbers(params ReadOnlySpan<int> numbers)
    {
        var items = new RegoValue[numbers.Length];
        for (var i = 0; i < items.Length; i++) items[i] = RegoNumber.FromInt64(numbers[i]);
        return new RegoArray(items);
    }

    private static RegoValue? Parse(EvaluationContext context, RegoValue layout, RegoValue value) =>
        Operands.Text(context, layout, 1, out var how) && Operands.Text(context, value, 2, out var text) ? ParseAs(context, GoTimeLayout.Resolve(how), text) : null;

    private static RegoValue? ParseAs(EvaluationContext context, string layout, string text) =>
        new GoTimeParser(layout, text).Parse(out var problem) is { } nanoseconds ? InRange(context, nanoseconds) : context.Fail(problem);

    private static RegoValue? InRange(EvaluationContext context, BigInteger nanoseconds) =>
        nanoseconds >= long.MinValue && nanoseconds <= long.MaxValue ? RegoNumber.FromBigInteger(nanoseconds) : context.Fail("time outside of valid range");

    /// <summary>A moment in a zone: nanoseconds, or an array of them, a zone and perhaps a layout.</summary>
    private static bool Local(EvaluationContext context, RegoValue value, int position, out LocalTime local)
    {
        local = default;
        var (number, zone) = (value as RegoNumber, "UTC");
        if (value is RegoArray { Count: > 0 } array)
        {
            number = array.Items[0] as RegoNumber;
            if (number is null) return Operands.Refuse(context, position, Moment, array.Items[0]);
            if (array.Count > 1)
            {
                if (array.Items[1] is not RegoString name) return Operands.Refuse(context, position, Moment, array.Items[1]);
                zone = name.Text;
            }
        }

        if (number is null) return Operands.Refuse(context, position, Moment, value);
        if (number.ToBigInteger() is not { } moment || moment < long.MinValue || moment > long.MaxValue)
        {
            context.Fail("timestamp too big");
            return false;
        }

        if (FindZone(zone) is not { } found)
        {
            context.Fail($"unknown time zone {zone}");
            return false;
        }

        var since = (long)moment;
        var ticks = Math.DivRem(since, 100, out _);
        if (since % 100 < 0) ticks--;
        var utc = DateTime.UnixEpoch.AddTicks(ticks);
        var offset = found.GetUtcOffset(utc);
        var nanoseconds = ((since % 1_000_000_000) + 1_000_000_000) % 1_000_000_000;
        local = new LocalTime(DateTime.SpecifyKind(utc + offset, DateTimeKind.Unspecified), nanoseconds, offset, Abbreviation(zone, found, utc, offset));
        return true;
    }

    private static TimeZoneInfo? FindZone(string name)
    {
        if (name is "" or "UTC" or "Local") return TimeZoneInfo.Utc;
        if (name.Contains("..", StringComparison.Ordinal) || name.StartsWith('/') || name.Contains('\\', StringComparison.Ordinal)) return null;
        return TimeZoneInfo.TryFindSystemTimeZoneById(name, out var zone) && zone.Id == name ? zone : null;
    }

    /// <summary>The zone's short name where that is known, else its offset as numbers.</summary>
    private static string Abbreviation(string name, TimeZoneInfo zone, DateTime utc, TimeSpan offset)
    {
        if (offset == TimeSpan.Zero && name is "" or "UTC" or "Local") return "UTC";
        var summer = zone.IsDaylightSavingTime(utc);
        var region = name.Split('/')[0];
        string? known = (region, offset.TotalHours, summer) switch
        {
            ("America" or "US", -5, false) => "EST",
            ("America" or "US", -4, true) => "EDT",
            ("America" or "US", -6, false) => "CST",
            ("America" or "US", -5, true) => "CDT",
            ("America" or "US", -7, false) => "MST",
            ("America" or "US", -6, true) => "MDT",
            ("America" or "US", -8, false) => "PST",
            ("America" or "US", -7, true) => "PDT",
            ("Europe", 0, _) => "GMT",
            ("Europe", 1, false) => "CET",
            ("Europe", 2, true) => "CEST",
            ("Europe", 2, false) => "EET",
            ("Europe", 3, true) => "EEST",
            ("Asia", 5.5, _) => "IST",
            ("Asia", 9, _) => "JST",
            _ => name is "EST" or "MST" or "HST" or "GMT" ? name : null,
        };
        if (known is not null) return known;
        var at = offset.Duration();
        return $"{(offset < TimeSpan.Zero ? '-' : '+')}{at.Hours:00}{(at.Minutes > 0 ? at.Minutes.ToString("00", CultureInfo.InvariantCulture) : "")}";
    }

    private static RegoValue? Format(EvaluationContext context, RegoValue value)
    {
        var layout = GoTimeLayout.Rfc3339Nano;
        if (value is RegoArray { Count: 3 } array)
        {
            if (array.Items[2] is not RegoString given) return context.FailOperand(1, "string", Operands.KindName(array.Items[2]));
            layout = GoTimeLayout.Resolve(given.Text);
        }

        return Local(context, value, 1, out var t) ? Operands.Result(GoTimeLayout.Format(t.Time, t.Nanoseconds, t.Offset, t.Zone, layout)) : null;
    }

    private static RegoValue? AddDate(EvaluationContext context, RegoValue[] arguments)
    {
        if (!Local(context, arguments[0], 1, out var start)) return null;
        if (!Operands.Int(context, arguments[1], 2, out var years) || !Operands.Int(context, arguments[2], 3, out var months) || !Operands.Int(context, arguments[3], 4, out var days)) return null;
        // Months beyond the year and days beyond the month carry over.
        var month = start.Time.Month - 1L + months;
        var year = start.Time.Year + (long)years + Math.DivRem(month, 12, out var ofYear);
        if (ofYear < 0)
        {
            ofYear += 12;
            year--;
        }

        if (Math.Abs(year) > 1_000_000) return context.Fail("time outside of valid range");
        var day = GoTimeParser.Days(year, (int)ofYear + 1, 1) + start.Time.Day - 1 + days;
        var seconds = (day * 86400) + (long)start.Time.TimeOfDay.TotalSeconds - (long)start.Offset.TotalSeconds;
        return InRange(context, ((BigInteger)seconds * 1_000_000_000) + start.Nanoseconds);
    }

    private static RegoValue? Difference(EvaluationContext context, RegoValue a, RegoValue b)
    {
        if (!Local(context, a, 1, out var x) || !Local(context, b, 1, out var y)) return null;
        // Both are read in the zone of the first.
        var (first, second) = (x.Time, y.Time - y.Offset + x.Offset);
        if (first > second) (first, second) = (second, first);
        var (years, months, days) = (second.Year - first.Year, second.Month - first.Month, second.Day - first.Day);
        var (hours, minutes, seconds) = (second.Hour - first.Hour, second.Minute - first.Minute, second.Second - first.Second);
        Borrow(ref seconds, ref minutes, 60);
        Borrow(ref minutes, ref hours, 60);
        Borrow(ref hours, ref days, 24);
        Borrow(ref days, ref months, DateTime.DaysInMonth(first.Year, first.Month));
        Borrow(ref months, ref years, 12);
        return Numbers(years, months, days, hours, minutes, seconds);
    }

    private static void Borrow(ref int value, ref int from, int size)
    {
        if (value >= 0) return;
        value += size;
        from--;
    }

    private static RegoValue? ParseDuration(EvaluationContext context, RegoValue value)
    {
        if (!Operands.Text(context, value, 1, out var text)) return null;
        return GoDuration.Parse(text, out var problem) is { } nanoseconds ? RegoNumber.FromInt64(nanoseconds) : context.Fail(problem);
    }

    private readonly record struct LocalTime(DateTime Time, long Nanoseconds, TimeSpan Offset, string Zone);
}
