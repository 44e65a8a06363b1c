using System.CommandLine;
using Cove.Formats.Files;
using Cove.Policy;

namespace Cove.Cli.Commands.Policy;

internal sealed class GenerateCommand : CoveCommand
{
    private readonly Option<string> template = new("--template-file", "-a") { HelpName = "template", Description = "an ARM template, or a folder with one and a cove.json", Required = true };
    private readonly Option<bool> hash = new("--hash") { Description = "print the policy's hash: HOST_DATA of the group's evidence" };
    private readonly Option<bool> base64 = new("--base64") { Description = "print the policy in base64, as templates carry it" };
    private readonly Option<bool> inject = new("--inject") { Description = "write the policy into the template, and print its hash" };
    private readonly TemplateOptions options = new();

    public GenerateCommand()
        : base("generate", "write the policy of a container group: exactly what may run in it")
    {
        Add(template);
        foreach (var option in (Option[])[hash, base64, inject]) Add(option);
        options.AddTo(this);
        Details = "Every expression of the template is resolved and every layer of every image hashed. The same template and images give the same policy, and so the same hash; "
            + "cove run holds the group to this policy. Options have the names of az confcom acipolicygen.";
        Example("cove policy generate -a template.json", "the policy's text");
        Example("cove policy generate -a template.json --hash", "its hash, for a key's release policy");
        Example("cove policy generate -a template.json -p parameters.json --image app:1=app.tar --inject", "into the template, ready to deploy");
    }

    protected internal override async Task<Answer> Run(Invocation call, CancellationToken cancellation)
    {
        if ((call.Get(hash) ? 1 : 0) + (call.Get(base64) ? 1 : 0) + (call.Get(inject) ? 1 : 0) > 1)
            throw CommandFailedException.Usage("output-ambiguous", "one of --hash, --base64 and --inject at a time", "cove policy generate --help");
        var read = await options.Read(call, call.Get(template)!, cancellation);
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

    // In a file it is the bytes that are hashed, to the last one; on a terminal the prompt comes on a line of its own.
    private static string Text(PolicyText policy, TerminalTraits traits) => traits.OutputIsTerminal ? policy.Text + "\n" : policy.Text;

    private static Answer Inject(ReadTemplate read)
    {
        var policies = read.Template.Groups.ToDictionary(group => group, read.Policy);
        var text = read.Template.WithPolicies(policies);
        WholeFile.Replace(read.Path, text, File.GetUnixFileMode(read.Path));
        var rows = policies.Select(pair => (pair.Key.Name, pair.Value.HostDataHex)).ToArray();
        return Answer.Of(
            page =>
            {
                foreach (var (name, hostData) in rows) page.Line(rows.Length == 1 ? hostData : $"{hostData}  {name}");
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
