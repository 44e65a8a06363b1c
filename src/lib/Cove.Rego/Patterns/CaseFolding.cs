using System.Text;

namespace Cove.Rego.Patterns;

/// <summary>Simple case folding as orbits: code points that are the same but for case.</summary>
internal static class CaseFolding
{
    private static readonly Lazy<Dictionary<int, int[]>> Orbits = new(Make);

    public static IEnumerable<int> Cased => Orbits.Value.Keys;

    public static IReadOnlyList<int> Variants(int rune)
    {
        // Plain ASCII letters other than k and s need no table.
        if (rune < 128)
        {
            if (!char.IsAsciiLetter((char)rune)) return [rune];
            if ((rune | 0x20) is not ('k' or 's')) return [rune, rune ^ 0x20];
            return (rune | 0x20) == 'k' ? ['k', 'K', 0x212A] : ['s', 'S', 0x17F];
        }

        return Orbits.Value.TryGetValue(rune, out var orbit) ? orbit : [rune];
    }

    private static Dictionary<int, int[]> Make()
    {
        // İ and ı fold to nothing but themselves.
        var groups = new Dictionary<int, List<int>>();
        for (var value = (int)'A'; value < 0x1E944; value++)
        {
            if (!Rune.IsValid(value) || value is 0x130 or 0x131) continue;
            var rune = new Rune(value);
            var upper = Rune.ToUpperInvariant(rune).Value;
            var lower = Rune.ToLowerInvariant(rune).Value;
            if (value == 0x17F) upper = 'S';
            if (value == 0x212A) lower = 'k';
            if (value == 0x2126) lower = 0x3C9;
            if (value == 0x212B) lower = 0xE5;
            if (value == 0x1E9E) lower = 0xDF;
            if (upper == value && lower == value) continue;
            var key = upper != value ? upper : Rune.ToUpperInvariant(new Rune(lower)).Value;
            if (!groups.TryGetValue(key, out var group)) groups[key] = group = [];
            foreach (var member in (ReadOnlySpan<int>)[value, upper, lower])
                if (!group.Contains(member)) group.Add(member);
        }

        var orbits = new Dictionary<int, int[]>();
        foreach (var group in groups.Values)
            foreach (var member in group) orbits[member] = [.. group];
        return orbits;
    }
}
