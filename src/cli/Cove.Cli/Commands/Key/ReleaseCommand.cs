using System.CommandLine;
using Cove.Cli.Commands.Token;
using Cove.Cli.Output;
using Cove.Cli.Shell;
using Cove.Cli.Vault;

namespace Cove.Cli.Commands.Key;

internal sealed class ReleaseCommand : CoveCommand
{
    private readonly Argument<string> name = new("name") { Description = "the key's name" };
    private readonly Option<string> token = new("--attestation-token") { HelpName = "file", Description = "a file with the attestation token of the environment that asks, or -", Required = true };
    private readonly VaultOptions vault = new();

    public ReleaseCommand()
        : base("release", "ask for a key with an attestation token, as a workload does")
    {
        Add(name);
        Add(token);
        vault.AddTo(this);
        Details = "To try a release policy out. What comes is a signed document with the key wrapped for the environment that the token describes: only it can unwrap it. Refused: exit 3.";
        Example("cove key release note --attestation-token token.jwt", "the service's signed answer, or the condition that does not hold");
    }

    protected internal override async Task<Answer> Run(Invocation call, CancellationToken cancellation)
    {
        var body = KeyRequests.Release(await TokenText.Read(call, call.Get(token)!, cancellation));
        using var client = await vault.Connect(call, cancellation);
        var released = await client.Release(call.Get(name), body, cancellation);
        return Answer.Of(
            page => page.Line(released),
            writer =>
            {
                writer.WriteStartObject();
                writer.WriteString("value", released);
                writer.WriteEndObject();
            });
    }
}
