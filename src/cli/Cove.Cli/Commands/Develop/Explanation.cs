using System.Text;
using System.Text.Json.Serialization;

namespace Cove.Cli.Commands.Develop;

/// <summary>The page of one finding code. The pages are the files of <c>Explanations/*.txt</c>: a heading a code, text below it.</summary>
internal sealed record Explanation(string Code, string Text)
{
    /// <summary>The first sentence.</summary>
    [JsonIgnore]
    public string Summary => Text.Split('\n')[0] is var first && first.IndexOf(". ", StringComparison.Ordinal) is var end and > 0 ? first[..end] : Text.Split('\n')[0].TrimEnd('.');

    public static IReadOnlyList<Explanation> All()
    {
        var assembly = typeof(Explanation).Assembly;
        var pages = new List<Explanation>();
        foreach (var name in assembly.GetManifestResourceNames().Where(n => n.StartsWith("Explanations/", StringComparison.Ordinal)))
        {
            using var reader = new StreamReader(assembly.GetManifestResourceStream(name)!, Encoding.UTF8);
            pages.AddRange(Parse(reader.ReadToEnd()));
        }

        return [.. pages.OrderBy(p => p.Code, StringComparer.Ordinal)];
    }

    internal static IEnumerable<Explanation> Parse(string text)
    {
        foreach (var part in ("\n" + text).Split("\n## ").Skip(1))
        {
            var end = part.IndexOf('\n', StringComparison.Ordinal);
            yield return new(part[..end].Trim(), part[end..].Trim());
        }
    }
}

[JsonSerializable(typeof(Explanation))]
[JsonSerializable(typeof(Explanation[]))]
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
internal sealed partial class ExplanationJson : JsonSerializerContext;
