using System.CommandLine;
using Cove.Formats.Files;
using Cove.Policy;
using Cove.Policy.Generation;

namespace Cove.Cli.Commands.Policy.Fragment;

internal sealed class GenerateCommand : CoveCommand
{
    private readonly Option<string?> template = new("--template-file", "-a") { HelpName = "file", Description = "a template (ARM, ACI YAML, Kubernetes, Compose) whose containers it declares" };
    private readonly Option<string?> input = new("--input", "-i") { HelpName = "file", Description = "a JSON description of containers" };
    private readonly Option<string> name = new("--namespace", "-n") { HelpName = "name", Description = "its package: letters, digits and underscores", Required = true };
    private readonly Option<int> svn = new("--svn") { HelpName = "number", Description = "its security version: what policies ask a minimum of", Required = true };
    private readonly Option<bool> pretty = new("--outraw-pretty-print") { Description = "with its containers indented" };
    private readonly Option<string?> output = new("--output-filename", "-o") { HelpName = "file", Description = "write it here instead of printing it" };
    private readonly TemplateOptions options = new();

    public GenerateCommand()
        : base("generate", "write a fragment: containers that policies of others may take in")
    {
        foreach (var option in (Option[])[template, input, name, svn, pretty, output]) Add(option);
        options.AddTo(this);
        Details = "The containers are described as cove policy generate describes them. Options have the names of az confcom acifragmentgen.";
        Example("cove policy fragment generate --image sidecar:1 -n contoso --svn 1 -o contoso.rego", "for one image");
    }

    protected internal override async Task<Answer> Run(Invocation call, CancellationToken cancellation)
    {
        var images = options.NamedImages(call);
        string[] files = [.. ((string?[])[call.Get(template), call.Get(input)]).OfType<string>()];
        if (files.Length + Math.Min(images.Count, 1) > 1 || (files.Length + images.Count == 0 && !options.HasContainers(call)))
            throw CommandFailedException.Usage("source-ambiguous", "a fragment has one source: -a, -i, --image NAME or --with-containers", "cove policy fragment generate --help");
        var read = files is [var file] ? await options.Read(call, file, new TemplateReading(), cancellation) : await options.ReadImages(call, images, new TemplateReading(), cancellation);
        var alone = read with { Options = read.Options with { IncludePauseContainer = false } };
        var containers = alone.File.Groups.SelectMany(group => alone.Describe(group).Containers);
        var fragment = FragmentGenerator.Generate(call.Get(name)!, call.Get(svn), containers, read.Options.Fragments, call.Get(pretty));
        if (call.Get(output) is { } path)
        {
            WholeFile.Replace(call.FullPath(path), fragment.Bytes.Span);
            return Answer.Of(page => page.Line(path), writer => Write(writer, fragment));
        }

        return Answer.Of(page => page.Document(fragment.Text), writer => Write(writer, fragment));
    }

    private static void Write(System.Text.Json.Utf8JsonWriter writer, PolicyText fragment)
    {
        writer.WriteStartObject();
        writer.WriteString("fragment", fragment.Text);
        writer.WriteString("sha256", fragment.HostDataHex);
        writer.WriteEndObject();
    }
}
