using System.Text;
using Cove.Outcomes;
using Cove.Policy.Templates;

namespace Cove.Policy.Compose;

/// <summary>
/// Variables in a Compose file: <c>$NAME</c>, <c>${NAME}</c>, with a default (<c>:-</c>, <c>-</c>), required (<c>:?</c>, <c>?</c>) or with a
/// replacement (<c>:+</c>, <c>+</c>); <c>$$</c> is a dollar sign.
/// </summary>
internal sealed class Interpolation(Func<string, string?> variable)
{
    private static readonly string[] Operators = [":-", ":?", ":+", "-", "?", "+"];

    /// <summary>A value with every text in it resolved. Names of members stay as they are.</summary>
    internal ArmValue Apply(ArmValue value, string path) => value switch
    {
        ArmText text => new ArmText(Apply(text.Value, path)),
        ArmArray array => new ArmArray([.. array.Items.Select((item, i) => Apply(item, $"{path}[{i}]"))]),
        ArmObject obj => new ArmObject([.. obj.Members.Select(member => KeyValuePair.Create(member.Key, Apply(member.Value, $"{path}.{member.Key}")))]),
        _ => value,
    };

    internal string Apply(string text, string path)
    {
        if (!text.Contains('$', StringComparison.Ordinal)) return text;
        var result = new StringBuilder();
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] != '$')
            {
                result.Append(text[i]);
            }
            else if (i + 1 < text.Length && text[i + 1] == '$')
            {
                result.Append('$');
                i++;
            }
            else if (i + 1 < text.Length && text[i + 1] == '{')
            {
                var end = Close(text, i + 2, path);
                result.Append(Braced(text[(i + 2)..end], path));
                i = end;
            }
            else
            {
                var end = i + 1;
                while (end < text.Length && (char.IsAsciiLetterOrDigit(text[end]) || text[end] == '_')) end++;
                if (end == i + 1 || char.IsAsciiDigit(text[i + 1])) throw new MalformedException(ComposeFile.Format, path, "has a '$' without a name; write $$ for a dollar sign");
                result.Append(variable(text[(i + 1)..end]) ?? "");
                i = end - 1;
            }
        }

        return result.ToString();
    }

    private static int Close(string text, int from, string path)
    {
        var depth = 1;
        for (var i = from; i < text.Length; i++)
        {
            if (text[i] == '{') depth++;
            else if (text[i] == '}' && --depth == 0) return i;
        }

        throw new MalformedException(ComposeFile.Format, path, "has a '${' that is not closed");
    }

    private string Braced(string inner, string path)
    {
        var length = 0;
        while (length < inner.Length && (char.IsAsciiLetterOrDigit(inner[length]) || inner[length] == '_')) length++;
        var (name, rest) = (inner[..length], inner[length..]);
        if (name.Length == 0) throw new MalformedException(ComposeFile.Format, path, "has a '${' without a name");
        var value = variable(name);
        if (rest.Length == 0) return value ?? "";
        var operation = Array.Find(Operators, one => rest.StartsWith(one, StringComparison.Ordinal))
            ?? throw new MalformedException(ComposeFile.Format, path, $"has '{rest[0]}' after the variable {name}");
        var present = operation[0] == ':' ? value is { Length: > 0 } : value is not null;
        var word = rest[operation.Length..];
        return operation[^1] switch
        {
            '-' => present ? value! : Apply(word, path),
            '+' => present ? Apply(word, path) : "",
            _ => present ? value! : throw new MalformedException(ComposeFile.Format, path, $"needs the variable {name}: {Apply(word, path)}"),
        };
    }
}
