using System.CommandLine;
using System.Text.Json;
using Cove.Rego;

namespace Cove.Cli.Commands.Rego;

internal sealed class ParseCommand : CoveCommand
{
    private const int MaximumFile = 16 * 1024 * 1024;
    private readonly Argument<string> file = new("file") { Description = "a module (.rego); - is standard input" };
    private readonly Option<string> format = new("--format", "-f") { HelpName = "form", Description = "pretty (an outline) or json", DefaultValueFactory = _ => "pretty" };
    private readonly Option<string?> include = new("--json-include") { HelpName = "parts", Description = "parts to add to the JSON or, with a minus, to leave out: locations, -comments" };
    private readonly Option<bool> v0 = new("--v0-compatible") { Description = "read a module without rego.v1 in the old version of the language" };

    public ParseCommand()
        : base("parse", "print the syntax tree of a Rego module")
    {
        Add(file);
        foreach (var option in (Option[])[format, include, v0]) Add(option);
        format.AcceptOnlyFromAmong("pretty", "json");
        Details = "The JSON has the form of opa parse --format json, and is what rego.parse_module answers in a policy.";
        Example("cove rego parse policy.rego", "what the module declares");
        Example("cove rego parse policy.rego --format json", "the tree, for programs");
    }

    protected internal override async Task<Answer> Run(Invocation call, CancellationToken cancellation)
    {
        var path = call.Get(file);
        var text = await call.Read(path, MaximumFile, cancellation);
        var options = ReadParts(call.Get(include) ?? "");
        var module = RegoFiles.Compiling(() => RegoModule.Parse(path, text, new RegoCompilerOptions { V1 = !call.Get(v0) }));
        using var tree = JsonDocument.Parse(module.ToAst(options).ToJson(), new JsonDocumentOptions { MaxDepth = 1000 });
        var document = tree.RootElement.Clone();
        return Answer.Of(
            page =>
            {
                if (call.Get(format) == "json") page.Document(Answer.Render(document.WriteTo));
                else Outline.Write(page, "module", document, 0);
            },
            document.WriteTo);
    }

    private static AstOptions ReadParts(string parts)
    {
        var options = AstOptions.Default;
        foreach (var part in parts.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            options = part switch
            {
                "locations" => options with { Locations = true },
                "-locations" => options with { Locations = false },
                "comments" => options with { Comments = true },
                "-comments" => options with { Comments = false },
                _ => throw CommandFailedException.Usage("unknown-part", $"no such part, {part}", "locations or comments, each with a minus to leave it out"),
            };
        }

        return options;
    }

    /// <summary>A tree as indented lines: what each node is, and its value where that is one word.</summary>
    private static class Outline
    {
        public static void Write(Page page, string name, JsonElement node, int depth)
        {
            switch (node.ValueKind)
            {
                case JsonValueKind.Object when node.TryGetProperty("type", out var type) && node.TryGetProperty("value", out var value):
                    Write(page, type.GetString()!, value, depth);
                    break;
                case JsonValueKind.Object:
                    page.Line(Indent(depth) + name);
                    foreach (var member in node.EnumerateObject()) Write(page, member.Name, member.Value, depth + 1);
                    break;
                case JsonValueKind.Array:
                    page.Line(Indent(depth) + name);
                    foreach (var item in node.EnumerateArray()) Write(page, Singular(name), item, depth + 1);
                    break;
                default:
                    page.Line($"{Indent(depth)}{name} {node.GetRawText()}");
                    break;
            }
        }

        private static string Indent(int depth) => new(' ', depth);

        private static string Singular(string name) => name switch
        {
            "rules" => "rule",
            "imports" => "import",
            "comments" => "comment",
            "body" => "expr",
            _ => "item",
        };
    }
}
