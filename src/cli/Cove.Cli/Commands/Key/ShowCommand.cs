using System.CommandLine;
using Cove.Cli.Output;
using Cove.Cli.Shell;

namespace Cove.Cli.Commands.Key;

internal sealed class ShowCommand : CoveCommand
{
    private readonly Argument<string> name = new("name") { Description = "the key's name" };
    private readonly Option<string?> version = new("--version-id") { HelpName = "id", Description = "one version; by default the newest" };
    private readonly VaultOptions vault = new();

    public ShowCommand()
        : base("show", "show a key: its public part, what it may do, to whom it is released")
    {
        Add(name);
        Add(version);
        vault.AddTo(this);
        Example("cove key show note", "with the conditions of its release, one a line");
    }

    protected internal override async Task<Answer> Run(Invocation call, CancellationToken cancellation)
    {
        using var client = await vault.Connect(call, cancellation);
        return KeyPage.Answer("", await client.Get(call.Get(name), call.Get(version), cancellation));
    }
}
