using System.Text;
using Cove.Policy.Model;

namespace Cove.Policy.Kubernetes;

/// <summary>References of the form <c>$(NAME)</c> to variables that stand before; <c>$$</c> is a dollar sign. An unknown name stays as it is written.</summary>
internal static class Expansion
{
    internal static TemplateText Expand(TemplateText text, IReadOnlyList<EnvironmentVariable> known)
    {
        if (!text.Value.Contains('$', StringComparison.Ordinal)) return text;
        var expanded = new StringBuilder();
        var secret = text.IsSecret;
        var value = text.Value;
        for (var i = 0; i < value.Length; i++)
        {
            if (value[i] != '$' || i + 1 == value.Length)
            {
                expanded.Append(value[i]);
            }
            else if (value[i + 1] == '$')
            {
                expanded.Append('$');
                i++;
            }
            else if (value[i + 1] == '(' && value.IndexOf(')', i) is var end and > 0 && Find(value[(i + 2)..end], known) is { } found)
            {
                expanded.Append(found.Value);
                secret |= found.IsSecret;
                i = end;
            }
            else
            {
                expanded.Append('$');
            }
        }

        return new TemplateText(expanded.ToString(), secret);
    }

    internal static IReadOnlyList<string>? Expand(IReadOnlyList<string>? words, IReadOnlyList<EnvironmentVariable> known) =>
        words is null ? null : [.. words.Select(word => Expand(new TemplateText(word), known).Value)];

    private static TemplateText? Find(string name, IReadOnlyList<EnvironmentVariable> known) => known.LastOrDefault(variable => variable.Name == name)?.Value;
}
