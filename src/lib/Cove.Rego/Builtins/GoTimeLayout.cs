using System.Globalization;
using System.Text;
using Cove.Rego.Values;

namespace Cove.Rego.Builtins;

/// <summary>A layout in the manner of the reference time "Mon Jan 2 15:04:05 MST 2006", as text and elements in turn.</summary>
internal static class GoTimeLayout
{
    public const string Rfc3339Nano = "2006-01-02T15:04:05.999999999Z07:00";

    private static readonly Dictionary<string, string> Named = new()
    {
        ["ANSIC"] = "Mon Jan _2 15:04:05 2006", ["UnixDate"] = "Mon Jan _2 15:04:05 MST 2006", ["RubyDate"] = "Mon Jan 02 15:04:05 -0700 2006",
        ["RFC822"] = "02 Jan 06 15:04 MST", ["RFC822Z"] = "02 Jan 06 15:04 -0700", ["RFC850"] = "Monday, 02-Jan-06 15:04:05 MST",
        ["RFC1123"] = "Mon, 02 Jan 2006 15:04:05 MST", ["RFC1123Z"] = "Mon, 02 Jan 2006 15:04:05 -0700", ["RFC3339"] = "2006-01-02T15:04:05Z07:00",
        ["RFC3339Nano"] = Rfc3339Nano,
    };

    /// <summary>Longest first where one is the start of another.</summary>
    private static readonly string[] Elements =
    [
        "January", "Jan", "Monday", "Mon", "MST", "2006", "__2", "_2006", "_2", "002", "01", "02", "03", "04", "05", "06", "15", "PM", "pm",
        "-07:00:00", "-07:00", "-070000", "-0700", "-07", "Z07:00:00", "Z07:00", "Z070000", "Z0700", "Z07", "1", "2", "3", "4", "5",
    ];

    public static string Resolve(string layout) => Named.GetValueOrDefault(layout, layout);

    /// <summary>The elements of a layout: a fraction as its text, other text as a literal.</summary>
    public static List<(string Text, bool IsElement)> Split(string layout)
    {
        var parts = new List<(string, bool)>();
        var literal = new StringBuilder();
        for (var at = 0; at < layout.Length;)
        {
            if (ElementAt(layout, at) is not { } element)
            {
                literal.Append(layout[at++]);
                continue;
            }

            if (element.StartsWith("_2006", StringComparison.Ordinal))
            {
                literal.Append('_');
                at++;
                element = "2006";
            }

            if (literal.Length > 0) parts.Add((literal.ToString(), false));
            literal.Clear();
            parts.Add((element, true));
            at += element.Length;
        }

        if (literal.Length > 0) parts.Add((literal.ToString(), false));
        return parts;
    }

    private static string? ElementAt(string layout, int at)
    {
        if (layout[at] is '.' or ',' && at + 1 < layout.Length && layout[at + 1] is '0' or '9')
        {
            var end = at + 1;
            while (end < layout.Length && layout[end] == layout[at + 1]) end++;
            if (end >= layout.Length || !char.IsAsciiDigit(layout[end])) return layout[at..end];
        }

        foreach (var element in Elements)
        {
            if (string.CompareOrdinal(layout, at, element, 0, element.Length) != 0) continue;
            // "Jan" must not be the start of a longer word such as "Janet".
            if (element is "Jan" or "Mon" && at + 3 < layout.Length && char.IsAsciiLetterLower(layout[at + 3])) continue;
            return element;
        }

        return null;
    }

    public static string Format(DateTime local, long nanoseconds, TimeSpan offset, string zone, string layout)
    {
        var output = new StringBuilder();
        foreach (var (text, isElement) in Split(layout))
        {
            if (!isElement) output.Append(text);
            else Append(output, local, nanoseconds, offset, zone, text);
        }

        return output.ToString();
    }

    private static void Append(StringBuilder output, DateTime local, long nanoseconds, TimeSpan offset, string zone, string element)
    {
        var hour12 = local.Hour % 12 == 0 ? 12 : local.Hour % 12;
        var text = element switch
        {
            "2006" => $"{local.Year:0000}",
            "06" => $"{local.Year % 100:00}",
            "January" => local.ToString("MMMM", CultureInfo.InvariantCulture),
            "Jan" => local.ToString("MMM", CultureInfo.InvariantCulture),
            "01" => $"{local.Month:00}",
            "1" => $"{local.Month}",
            "Monday" => local.DayOfWeek.ToString(),
            "Mon" => local.DayOfWeek.ToString()[..3],
            "2" => $"{local.Day}",
            "_2" => $"{local.Day,2}",
            "02" => $"{local.Day:00}",
            "__2" => $"{local.DayOfYear,3}",
            "002" => $"{local.DayOfYear:000}",
            "15" => $"{local.Hour:00}",
            "3" => $"{hour12}",
            "03" => $"{hour12:00}",
            "4" => $"{local.Minute}",
            "04" => $"{local.Minute:00}",
            "5" => $"{local.Second}",
            "05" => $"{local.Second:00}",
            "PM" => local.Hour >= 12 ? "PM" : "AM",
            "pm" => local.Hour >= 12 ? "pm" : "am",
            "MST" => zone,
            _ => null,
        };
        if (text is null) text = element[0] is '.' or ',' ? Fraction(nanoseconds, element) : Offset(offset, element);
        output.Append(text);
    }

    private static string Fraction(long nanoseconds, string element)
    {
        var digits = nanoseconds.ToString("000000000", CultureInfo.InvariantCulture)[..Math.Min(9, element.Length - 1)];
        if (element[1] == '0') return element[0] + digits.PadRight(element.Length - 1, '0');
        digits = digits.TrimEnd('0');
        return digits.Length == 0 ? "" : element[0] + digits;
    }

    private static string Offset(TimeSpan offset, string element)
    {
        if (element[0] == 'Z' && offset == TimeSpan.Zero) return "Z";
        var colon = element.Contains(':', StringComparison.Ordinal) ? ":" : "";
        var sign = offset < TimeSpan.Zero ? "-" : "+";
        var at = offset.Duration();
        var text = $"{sign}{at.Hours:00}";
        if (element.Length > 3) text += $"{colon}{at.Minutes:00}";
        if (element.Replace(":", "", StringComparison.Ordinal).Length > 5) text += $"{colon}{at.Seconds:00}";
        return text;
    }
}
