using System.Globalization;
using System.Text.Json;
using Cove.Outcomes;

namespace Cove.Keys.ReleasePolicy;

/// <summary>
/// A scalar as conditions compare it: by one canonical text, so that the string <c>"true"</c> in a policy meets the boolean claim
/// <c>true</c>, and <c>"0"</c> the number 0, as the services do.
/// </summary>
internal readonly record struct PolicyValue(string Text, bool IsNumber)
{
    private const int MaximumTextLength = 4096;

    /// <summary>A value of a policy.</summary>
    /// <exception cref="MalformedException">It is an object, an array or null, or too long.</exception>
    public static PolicyValue Parse(JsonElement element)
    {
        var value = Of(element) ?? throw new MalformedException("Key Release Policy", "value", "is not a string, a number or a boolean");
        return value.Text.Length <= MaximumTextLength ? value
            : throw new MalformedException("Key Release Policy", "value", $"is longer than {MaximumTextLength} characters");
    }

    /// <summary>The canonical form of a scalar; null for anything else.</summary>
    public static PolicyValue? Of(JsonElement element) => element.ValueKind switch
    {
        JsonValueKind.True => new("true", false),
        JsonValueKind.False => new("false", false),
        JsonValueKind.String => new(element.GetString()!, false),
        JsonValueKind.Number => new(Shortest(element), true),
        _ => null,
    };

    /// <summary>The number this is, for ordering; null where it is none that a decimal holds exactly enough.</summary>
    public decimal? Number
        => decimal.TryParse(Text, NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number)
        ? number : null;

    private static string Shortest(JsonElement number)
    {
        if (!number.TryGetDecimal(out var value)) return number.GetRawText();
        // Dividing by a one of full scale drops trailing zeros: 1.0, 1.00 and 1e0 are all "1".
        return (value / 1.0000000000000000000000000000m).ToString(CultureInfo.InvariantCulture);
    }
}
