using Cove.Rego.Builtins;
using Cove.Rego.Values;

namespace Cove.Rego.Syntax;

internal sealed partial class Parser
{
    private static readonly string[] Scopes = ["rule", "document", "package", "subpackages"];

    /// <summary>Reads the METADATA blocks and gives each to the statement behind it.</summary>
    private void AttachAnnotations(Module module)
    {
        for (var i = 0; i < _comments.Count; i++)
        {
            var start = _comments[i];
            if (start.Location.Column != 1 || start.Text.Trim() != "METADATA") continue;
            var lines = new List<string>();
            var end = i + 1;
            for (; end < _comments.Count && _comments[end].Location.Column == 1 && _comments[end].Location.Row == _comments[end - 1].Location.Row + 1; end++)
                lines.Add(_comments[end].Text.TrimEnd());
            Attach(module, start.Location, _comments[end - 1].Location.Row, lines);
            i = end - 1;
        }
    }

    private void Attach(Module module, Location at, int endRow, List<string> lines)
    {
        if (lines.TrueForAll(static l => l.Trim().Length == 0))
        {
            Record(at, "expected METADATA block, found whitespace");
            return;
        }

        RegoValue content;
        try
        {
            content = YamlReader.Read(string.Join('\n', lines));
        }
        catch (FormatException error)
        {
            Record(at, error.Message);
            return;
        }

        if (content is not RegoObject fields) return;
        var rule = module.Rules.Find(r => r.Location.Row > endRow);
        var isPackage = module.Package.Location.Row > endRow;
        var isEntryPoint = fields["entrypoint"] == RegoValue.True;
        var scope = (fields["scope"] as RegoString)?.Text ?? (isPackage ? "package" : isEntryPoint ? "document" : "rule");
        if (!Scopes.Contains(scope))
        {
            Record(at, $"invalid annotation scope '{scope}'. Use one of 'rule', 'document', 'package', or 'subpackages'");
            return;
        }

        var needsPackage = scope is "package" or "subpackages";
        if (needsPackage != isPackage)
        {
            Record(at, $"annotation scope '{scope}' must be applied to {(needsPackage ? "package" : "rule")} (have {(isPackage ? "package" : rule is null ? "none" : "rule")})");
            return;
        }

        var annotations = new Annotations(at, scope, fields.With("scope", RegoValue.Of(scope))) { EndRow = endRow };
        module.Annotations.Add(annotations);
        if (rule is not null && !isPackage) rule.AllAnnotations.Add(annotations);
    }
}
