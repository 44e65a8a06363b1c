namespace Cove.Cli.Yaml;

/// <summary>A node of a YAML document, with the characters of the text that it stands at.</summary>
/// <param name="Start">Its first character.</param>
/// <param name="End">The character after its last.</param>
/// <param name="Column">The column of its first character, from 0.</param>
internal abstract record YamlNode(int Start, int End, int Column);

/// <summary>A scalar. Only a plain one can mean something other than text.</summary>
internal sealed record YamlScalar(string Value, bool IsPlain, int Start, int End, int Column) : YamlNode(Start, End, Column);

/// <summary>A list.</summary>
internal sealed record YamlSequence(IReadOnlyList<YamlNode> Items, int Start, int End, int Column) : YamlNode(Start, End, Column);

/// <summary>A mapping; its keys are scalars and none occurs twice.</summary>
internal sealed record YamlMapping(IReadOnlyList<KeyValuePair<YamlScalar, YamlNode>> Entries, bool IsFlow, int Start, int End, int Column) : YamlNode(Start, End, Column)
{
    /// <summary>The value of a key, or null.</summary>
    public YamlNode? this[string key] => Entries.FirstOrDefault(entry => entry.Key.Value == key).Value;
}
