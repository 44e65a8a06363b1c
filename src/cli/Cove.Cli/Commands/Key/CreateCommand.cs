using System.CommandLine;
using Cove.Cli.Output;
using Cove.Cli.Shell;
using Cove.Cli.Vault;

namespace Cove.Cli.Commands.Key;

internal sealed class CreateCommand : CoveCommand
{
    private readonly Argument<string> name = new("name") { Description = "the key's name: letters, digits and dashes" };
    private readonly Option<string> kind = new("--kind") { HelpName = "kind", Description = $"one of {string.Join(", ", KeyKind.Names)}; by default rsa-2048", DefaultValueFactory = _ => "rsa-2048" };
    private readonly ReleaseOptions release = new();
    private readonly VaultOptions vault = new();

    public CreateCommand()
        : base("create", "make a key in the key service, and say to whom it may be released")
    {
        Add(name);
        Add(kind);
        release.AddTo(this);
        vault.AddTo(this);
        Details = "The service makes the key and keeps it. With a release policy it may leave, wrapped for evidence that satisfies the policy and for nobody else; without one it never leaves.";
        Example("cove key create note --release-to-policy $(cove policy generate -a template.json --hash)", "released only to the group of this template");
        Example("cove key create signing --kind p-256", "a key that never leaves the service");
    }

    protected internal override async Task<Answer> Run(Invocation call, CancellationToken cancellation)
    {
        var body = KeyRequests.Create(KeyKind.Parse(call.Get(kind)!), await release.Read(call, cancellation));
        using var client = await vault.Connect(call, cancellation);
        return KeyPage.Answer("created", await client.Create(call.Get(name), body, cancellation));
    }
}
