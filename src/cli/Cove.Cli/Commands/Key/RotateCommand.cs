using System.CommandLine;
using Cove.Cli.Output;
using Cove.Cli.Shell;

namespace Cove.Cli.Commands.Key;

internal sealed class RotateCommand : CoveCommand
{
    private readonly Argument<string> name = new("name") { Description = "the key's name" };
    private readonly VaultOptions vault = new();

    public RotateCommand()
        : base("rotate", "make a new version of a key, with the same kind, operations and release policy")
    {
        Add(name);
        vault.AddTo(this);
        Details = "Whoever asks for the key without a version gets the new one from now on. Older versions stay, for what was encrypted under them.";
        Example("cove key rotate note", "the new version's id is in the answer");
    }

    protected internal override async Task<Answer> Run(Invocation call, CancellationToken cancellation)
    {
        using var client = await vault.Connect(call, cancellation);
        return KeyPage.Answer("rotated", await client.Rotate(call.Get(name), cancellation));
    }
}
