using System.Globalization;

namespace Cove.Policy.Enforcement;

/// <summary>A version of the guest interface or of the framework: three numbers.</summary>
internal readonly record struct SemanticVersion(int Major, int Minor, int Patch)
{
    /// <exception cref="FormatException">Not three numbers with dots.</exception>
    internal static SemanticVersion Parse(string text) =>
        TryParse(text, out var version) ? version : throw new FormatException($"'{text}' is not a version");

    internal static bool TryParse(string? text, out SemanticVersion version)
    {
        version = default;
        var parts = text?.Split('.');
        if (parts is not { Length: 3 }) return false;
        Span<int> numbers = stackalloc int[3];
        for (var i = 0; i < 3; i++)
        {
            if (!int.TryParse(parts[i], NumberStyles.None, CultureInfo.InvariantCulture, out numbers[i])) return false;
            if (parts[i].Length > 1 && parts[i][0] == '0') return false;
        }

        version = new SemanticVersion(numbers[0], numbers[1], numbers[2]);
        return true;
    }

    /// <summary>Negative, zero or positive: this one is older, equal or newer.</summary>
    internal int CompareTo(SemanticVersion other) => (Major, Minor, Patch).CompareTo((other.Major, other.Minor, other.Patch));

    /// <inheritdoc/>
    public override string ToString() => $"{Major}.{Minor}.{Patch}";
}
