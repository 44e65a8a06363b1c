using System.CommandLine;
using Cove.Outcomes;
using Cove.Policy;

namespace Cove.Cli.Commands.Policy;

internal sealed class GenerateCommand : CoveCommand
{
    private readonly Option<string?> template = new("--template-file", "-a") { HelpName = "file", Description = "a template (ARM, ACI YAML, Kubernetes, Compose), or a folder with one and a cove.json" };
    private readonly Option<string?> input = new("--input", "-i") { HelpName = "file", Description = "a JSON description of containers (az confcom)" };
    private readonly Option<string?> virtualNode = new("--virtual-node-yaml") { HelpName = "file", Description = "a Kubernetes file for virtual nodes of AKS" };
    private readonly Option<bool> hash = new("--hash") { Description = "print the policy's hash: HOST_DATA of the group's evidence" };
    private readonly Option<bool> base64 = new("--base64", "--print-policy") { Description = "print the policy in base64, as templates carry it" };
    private readonly Option<bool> raw = new("--outraw") { Description = "print the policy's text: the default" };
    private readonly Option<bool> pretty = new("--outraw-pretty-print") { Description = "print the policy's text with its containers indented: another text, so another hash" };
    private readonly Option<bool> inject = new("--inject") { Description = "write the policy into the file, and print its hash" };
    private readonly Option<bool> diff = new("--diff", "-d") { Description = "compare the policy that the file carries with the one it yields, as az confcom does" };
    private readonly Option<bool> sidecar = new("--validate-sidecar", "-v") { Description = "say whether the sidecars of --input pass under the policy of their image" };
    private readonly Option<bool> existing = new("--print-existing-policy") { Description = "print the policy that the file carries" };
    private readonly Option<bool> azureCli = new("--azure-cli") { Description = "answer exactly as az confcom acipolicygen: its output, its exit codes" };
    private readonly TemplateOptions options = new();

    public GenerateCommand()
        : base("generate", "write the policy of a container group: exactly what may run in it")
    {
        foreach (var option in (Option[])[template, input, virtualNode, hash, base64, raw, pretty, inject, diff, sidecar, existing, azureCli]) Add(option);
        options.AddTo(this);
        Details = "Every expression of the template is resolved and every layer of every image hashed. The same template and images give the same policy, and so the same hash; "
            + "cove run holds the group to this policy. Options have the names of az confcom acipolicygen; docs/guides/write-a-policy.md maps each. "
            + "An --image without = is the image to write a policy for.";
        Example("cove policy generate -a template.json", "the policy's text");
        Example("cove policy generate -a template.json --hash", "its hash, for a key's release policy");
        Example("cove policy generate -a template.json -p parameters.json --image app:1=app.tar --inject", "into the template, ready to deploy");
        Example("cove policy generate -a deployment.yaml", "for a Kubernetes Deployment with its ConfigMaps and Secrets");
        Example("cove policy generate --image app:1 --tar app.tar", "for an image alone");
        Example("cove policy generate -a template.json --azure-cli --outraw", "the bytes that az confcom prints");
    }

    protected internal override async Task<Answer> Run(Invocation call, CancellationToken cancellation)
    {
        if (!call.Get(azureCli)) return await Generate(call, azure: false, cancellation);
        var voice = new AzureVoice(call.Terminal);
        try
        {
            var asked = Asked(call);
            asked.Check(options.ForAzure(call));
            voice.Announce(asked, options.ForAzure(call));
            return await Generate(call, azure: true, cancellation);
        }
        catch (Exception failed) when (failed is CommandFailedException or MalformedException or UnavailableException or IOException)
        {
            throw voice.Failed(failed, cancellation);
        }
    }

    private AzureRequest Asked(Invocation call) => new(
        call.Get(input),
        call.Get(template),
        options.NamedImages(call) is [var image, ..] ? image : null,
        call.Get(virtualNode),
        options.HasContainers(call),
        options.HasParameters(call),
        call.Get(raw),
        call.Get(pretty),
        call.Get(base64),
        call.Get(diff),
        call.Get(existing));

    private async Task<Answer> Generate(Invocation call, bool azure, CancellationToken cancellation)
    {
        CheckOutput(call);
        var read = await Read(call, new TemplateReading(call.Get(virtualNode) is not null, Pull: azure, Reformat: azure), cancellation);
        if (call.Get(pretty)) read = read with { Options = read.Options with { Indented = true } };
        if (call.Get(existing)) return ExistingPolicy.Print(read);
        if (call.Get(diff)) return ExistingPolicy.Compare(read, azure, azure ? new AzureVoice(call.Terminal) : null);
        if (call.Get(sidecar)) return SidecarCheck.Run(read, azure);
        if (azure) return AzureOutput.Answer(read, call.Get(raw) || call.Get(pretty), call.Get(base64));
        if (call.Get(inject)) return Inject(read);
        var group = read.OnlyGroup();
        var policy = read.Policy(group);
        return Answer.Of(
            page => page.Document(call.Get(hash) ? policy.HostDataHex + "\n" : call.Get(base64) ? policy.Base64 + "\n" : Text(policy, call.Terminal.Traits)),
            writer =>
            {
                writer.WriteStartObject();
                writer.WriteString("group", group.Name);
                writer.WriteString("policyHash", policy.HostDataHex);
                writer.WriteString("policy", policy.Text);
                writer.WriteString("base64", policy.Base64);
                writer.WriteEndObject();
            });
    }

    private async Task<ReadTemplate> Read(Invocation call, TemplateReading reading, CancellationToken cancellation)
    {
        var images = options.NamedImages(call);
        string[] files = [.. ((string?[])[call.Get(template), call.Get(input), call.Get(virtualNode)]).OfType<string>()];
        var alone = options.HasContainers(call) && files.Length + images.Count == 0;
        if (files.Length + Math.Min(images.Count, 1) + (alone ? 1 : 0) != 1)
            throw CommandFailedException.Usage("source-ambiguous", "a policy has one source: -a, -i, --virtual-node-yaml, --image NAME or --with-containers", "cove policy generate --help");
        if (options.HasParameters(call) && call.Get(template) is null)
            throw CommandFailedException.Usage("options-conflict", "a parameter file goes with a template, -p", "cove policy generate --help");
        return files is [var file] ? await options.Read(call, file, reading, cancellation) : await options.ReadImages(call, images, reading, cancellation);
    }

    private void CheckOutput(Invocation call)
    {
        var outputs = ((Option<bool>[])[hash, base64, raw, pretty, inject, diff, sidecar, existing]).Count(option => call.Get(option));
        if (outputs > 1) throw CommandFailedException.Usage("output-ambiguous", "one of --hash, --base64, --outraw, --inject, --diff and the like at a time", "cove policy generate --help");
    }

    // In a file it is the bytes that are hashed, to the last one; on a terminal the prompt comes on a line of its own.
    private static string Text(PolicyText policy, TerminalTraits traits) => traits.OutputIsTerminal ? policy.Text + "\n" : policy.Text;

    private static Answer Inject(ReadTemplate read)
    {
        var rows = AzureOutput.Inject(read);
        return Answer.Of(
            page =>
            {
                foreach (var (name, hostData) in rows) page.Line(rows.Count == 1 ? hostData : $"{hostData}  {name}");
            },
            writer =>
            {
                writer.WriteStartArray();
                foreach (var (name, hostData) in rows)
                {
                    writer.WriteStartObject();
                    writer.WriteString("group", name);
                    writer.WriteString("policyHash", hostData);
                    writer.WriteEndObject();
                }

                writer.WriteEndArray();
            });
    }
}
