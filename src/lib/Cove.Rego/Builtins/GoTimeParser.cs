using System.Globalization;
using System.Numerics;
using Cove.Rego.Values;

namespace Cove.Rego.Builtins;

/// <summary>Parses times by layout, with the field's words for what is wrong.</summary>
internal sealed class GoTimeParser(string layout, string text)
{
    private static readonly string[] Months = CultureInfo.InvariantCulture.DateTimeFormat.MonthNames[..12];
    private readonly string _text = text;
    private string _rest = text;
    private int _year;
    private int _month = 1;
    private int _day = 1;
    private int _dayOfYear;
    private int _hour;
    private int _minute;
    private int _second;
    private long _nanoseconds;
    private int? _offsetSeconds;
    private bool _isAfternoon;
    private bool _isTwelveHour;

    /// <summary>Nanoseconds since 1970, or what is wrong.</summary>
    public BigInteger? Parse(out string problem)
    {
        problem = "";
        var parts = GoTimeLayout.Split(layout);
        for (var i = 0; i < parts.Count; i++)
        {
            var (part, isElement) = parts[i];
            if (isElement)
            {
                var before = _rest;
                var range = "";
                if (Element(part, i + 1 < parts.Count ? parts[i + 1].Text : "", ref range)) continue;
                problem = range.Length > 0 ? $"parsing time {Quote(_text)}: {range} out of range" : Cannot(before, part);
                return null;
            }

            if (!_rest.StartsWith(part, StringComparison.Ordinal))
            {
                problem = Cannot(_rest, part);
                return null;
            }

            _rest = _rest[part.Length..];
        }

        if (_rest.Length > 0)
        {
            problem = $"parsing time {Quote(_text)}: extra text: {Quote(_rest)}";
            return null;
        }

        return Assemble(ref problem);
    }

    private static string Quote(string value) => GoQuote.Quote(value);

    private string Cannot(string value, string element) =>
        $"parsing time {Quote(_text)} as {Quote(layout)}: cannot parse {Quote(value)} as {Quote(element)}";

    private BigInteger? Assemble(ref string problem)
    {
        if (_isTwelveHour || _isAfternoon)
        {
            if (_isAfternoon && _hour < 12) _hour += 12;
            else if (!_isAfternoon && _isTwelveHour && _hour == 12) _hour = 0;
        }

        if (_dayOfYear > 0)
        {
            if (_dayOfYear > (IsLeap(_year) ? 366 : 365))
            {
                problem = $"parsing time {Quote(_text)}: day-of-year out of range";
                return null;
            }

            var date = new DateTime(Math.Max(1, _year), 1, 1).AddDays(_dayOfYear - 1);
            (_month, _day) = (date.Month, date.Day);
        }

        if (_day < 1 || _day > DaysIn(_year, _month))
        {
            problem = $"parsing time {Quote(_text)}: day out of range";
            return null;
        }

        var seconds = (Days(_year, _month, _day) * 86400) + (_hour * 3600) + (_minute * 60) + _second - (_offsetSeconds ?? 0);
        return ((BigInteger)seconds * 1_000_000_000) + _nanoseconds;
    }

    private static bool IsLeap(int year) => year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);

    private static int DaysIn(int year, int month) => month == 2 && IsLeap(year) ? 29 : DateTime.DaysInMonth(2001, month);

    /// <summary>Days from 1970 to a date of the proleptic calendar, the year zero included.</summary>
    public static long Days(long year, int month, int day)
    {
        var shifted = month <= 2 ? year - 1 : year;
        var era = (shifted >= 0 ? shifted : shifted - 399) / 400;
        var ofEra = shifted - (era * 400);
        var ofYear = (((153 * (month + (month > 2 ? -3 : 9))) + 2) / 5) + day - 1;
        return (era * 146097) + (ofEra * 365) + (ofEra / 4) - (ofEra / 100) + ofYear - 719468;
    }

    private bool Element(string element, string next, ref string range)
    {
        switch (element)
        {
            case "2006": return Take(4, 4, out _year);
            case "06":
                if (!Take(2, 2, out _year)) return false;
                _year += _year >= 69 ? 1900 : 2000;
                return true;
            case "January": return Name(Months, full: true, out _month);
            case "Jan": return Name(Months, full: false, out _month);
            case "Monday": return Name(CultureInfo.InvariantCulture.DateTimeFormat.DayNames, full: true, out _);
            case "Mon": return Name(CultureInfo.InvariantCulture.DateTimeFormat.DayNames, full: false, out _);
            case "01" or "1": return InRange(Take(element.Length, 2, out _month), _month is >= 1 and <= 12, "month", ref range);
            case "2" or "02" or "_2":
                if (element == "_2" && _rest.StartsWith(' ')) _rest = _rest[1..];
                return Take(element == "02" ? 2 : 1, 2, out _day);
            case "__2" or "002":
                if (element == "__2") _rest = _rest.TrimStart(' ');
                return Take(element == "002" ? 3 : 1, 3, out _dayOfYear);
            case "15": return InRange(Take(1, 2, out _hour) , _hour <= 23, "hour", ref range);
            case "3" or "03":
                _isTwelveHour = true;
                return InRange(Take(element.Length, 2, out _hour), _hour <= 12, "hour", ref range);
            case "4" or "04": return InRange(Take(element.Length, 2, out _minute), _minute <= 59, "minute", ref range);
            case "5" or "05":
                if (!InRange(Take(element.Length, 2, out _second), _second <= 59, "second", ref range)) return false;
                return next.StartsWith(".0", StringComparison.Ordinal) || next.StartsWith(",0", StringComparison.Ordinal)
                    || next.StartsWith(".9", StringComparison.Ordinal) || next.StartsWith(",9", StringComparison.Ordinal) || ImplicitFraction();
            case "PM" or "pm": return HalfDay(element);
            case "MST": return Zone();
            default: return element[0] is '.' or ',' ? Fraction(element) : Offset(element, ref range);
        }
    }

    private static bool InRange(bool parsed, bool fits, string name, ref string range)
    {
        if (parsed && !fits) range = name;
        return parsed && fits;
    }

    private bool Take(int min, int max, out int value)
    {
        var length = 0;
        while (length < max && length < _rest.Length && char.IsAsciiDigit(_rest[length])) length++;
        value = 0;
        if (length < min) return false;
        value = int.Parse(_rest.AsSpan(0, length), NumberStyles.None, CultureInfo.InvariantCulture);
        _rest = _rest[length..];
        return true;
    }

    private bool Name(string[] names, bool full, out int number)
    {
        for (number = 1; number <= names.Length; number++)
        {
            var name = full ? names[number - 1] : names[number - 1][..3];
            if (!_rest.StartsWith(name, StringComparison.OrdinalIgnoreCase)) continue;
            _rest = _rest[name.Length..];
            return true;
        }

        return false;
    }

    private bool HalfDay(string element)
    {
        if (_rest.Length < 2) return false;
        var given = _rest[..2];
        if (given != "PM" && given != "AM" && given != "pm" && given != "am") return false;
        if (char.IsUpper(given[0]) != char.IsUpper(element[0])) return false;
        _isAfternoon = given[0] is 'P' or 'p';
        _isTwelveHour = true;
        _rest = _rest[2..];
        return true;
    }

    private bool ImplicitFraction()
    {
        if (_rest.Length < 2 || _rest[0] is not ('.' or ',') || !char.IsAsciiDigit(_rest[1])) return true;
        var length = 1;
        while (length < _rest.Length && char.IsAsciiDigit(_rest[length])) length++;
        Nanoseconds(_rest[1..length]);
        _rest = _rest[length..];
        return true;
    }

    private void Nanoseconds(string digits) =>
        _nanoseconds = long.Parse(digits.PadRight(9, '0').AsSpan(0, 9), NumberStyles.None, CultureInfo.InvariantCulture);

    private bool Fraction(string element)
    {
        if (element[1] == '9')
            return ImplicitFraction();
        if (_rest.Length < element.Length || _rest[0] is not ('.' or ',')) return false;
        var digits = _rest[1..element.Length];
        if (digits.AsSpan().ContainsAnyExceptInRange('0', '9')) return false;
        Nanoseconds(digits);
        _rest = _rest[element.Length..];
        return true;
    }

    /// <summary>An abbreviation of three or four letters, or GMT with an offset; one that is not known counts as UTC.</summary>
    private bool Zone()
    {
        if (_rest.StartsWith("UTC", StringComparison.Ordinal))
        {
            _rest = _rest[3..];
            return true;
        }

        var length = 0;
        while (length < 5 && length < _rest.Length && char.IsAsciiLetterUpper(_rest[length])) length++;
        if (length < 3) return false;
        _rest = _rest[length..];
        return true;
    }

    private bool Offset(string element, ref string range)
    {
        if (element[0] == 'Z' && _rest.StartsWith('Z'))
        {
            _rest = _rest[1..];
            _offsetSeconds = 0;
            return true;
        }

        var pattern = element.StartsWith('Z') ? "-" + element[1..] : element;
        if (_rest.Length < pattern.Length || _rest[0] is not ('+' or '-')) return false;
        var digits = new List<int>();
        for (var i = 1; i < pattern.Length; i++)
        {
            if (pattern[i] == ':')
            {
                if (_rest[i] != ':') return false;
                continue;
            }

            if (!char.IsAsciiDigit(_rest[i])) return false;
            digits.Add(_rest[i] - '0');
        }

        var hours = (digits[0] * 10) + digits[1];
        var minutes = digits.Count > 2 ? (digits[2] * 10) + digits[3] : 0;
        var seconds = digits.Count > 4 ? (digits[4] * 10) + digits[5] : 0;
        if (hours > 24) range = "time zone offset hour";
        if (minutes > 60) range = "time zone offset minute";
        if (range.Length > 0) return false;
        _offsetSeconds = ((hours * 3600) + (minutes * 60) + seconds) * (_rest[0] == '-' ? -1 : 1);
        _rest = _rest[pattern.Length..];
        return true;
    }
}
