using System.Globalization;
using System.Text.Json;
using Cove.Cli.Output;

namespace Cove.Cli.Commands.Token;

/// <summary>How the claims of a token are shown.</summary>
internal static class TokenPage
{
    private static readonly string[] Times = ["exp", "iat", "nbf"];
    private const int LongestValue = 160;

    /// <summary>One line a claim; objects become dotted names, as key release policies write them.</summary>
    public static void WriteClaims(Page page, JsonElement claims)
    {
        var rows = Flatten(claims).ToArray();
        var column = rows.Length == 0 ? 0 : rows.Max(r => r.Name.Length);
        foreach (var (name, value) in rows) page.Line($"  {name.PadRight(column)}  {value}");
    }

    /// <summary>The claims, an inner object's members with its name before theirs.</summary>
    public static IEnumerable<(string Name, string Value)> Flatten(JsonElement claims) => Flatten("", claims);

    private static IEnumerable<(string Name, string Value)> Flatten(string prefix, JsonElement owner)
    {
        foreach (var member in owner.EnumerateObject())
        {
            var name = prefix + member.Name;
            if (member.Value.ValueKind == JsonValueKind.Object && member.Value.EnumerateObject().Any())
                foreach (var row in Flatten(name + ".", member.Value)) yield return row;
            else yield return (name, Show(name, member.Value));
        }
    }

    private static string Show(string name, JsonElement value)
    {
        if (Times.Contains(name) && value.ValueKind == JsonValueKind.Number && value.TryGetInt64(out var seconds) && seconds is >= 0 and <= 253402300799)
            return $"{value}  ({DateTimeOffset.FromUnixTimeSeconds(seconds).ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture)} UTC)";
        var text = value.ValueKind == JsonValueKind.String ? value.GetString()! : value.GetRawText();
        return text.Length <= LongestValue ? text : $"{text[..LongestValue]}… ({text.Length} characters, whole with --json)";
    }
}
