using System.CommandLine;
using Cove.Cli.Evidence;
using Cove.Cli.Output;
using Cove.Cli.Shell;

namespace Cove.Cli.Commands.Token;

internal sealed class VerifyCommand : CoveCommand
{
    private readonly Argument<string> token = new("token") { Description = "a file with the token, or - for standard input" };
    private readonly TokenAuthority authority = new();

    public VerifyCommand()
        : base("verify", "verify an attestation token: signature, issuer, dates")
    {
        Add(token);
        foreach (var option in authority.Options) Add(option);
        Details = "The keys come from the authority that you name, never from where the token says. Exit code 0 accepted, 3 rejected, 4 not a token, 5 the authority does not answer. "
            + "cove verify takes tokens too, beside every other kind of evidence.";
        Example("cove token verify token.jwt", "a token of the development service");
        Example("cove token verify token.jwt --authority https://sharedweu.weu.attest.azure.net", "a token of Azure's service");
        Example("cove token verify token.jwt --authority https://localhost:7441 --jwks certs.json", "without the network");
    }

    protected internal override async Task<Answer> Run(Invocation call, CancellationToken cancellation)
    {
        var path = call.Get(token);
        var text = await TokenText.Read(call, path, cancellation);
        var (issuer, keys) = await authority.Find(call, cancellation);
        return TokenVerdict.Of(text, path, issuer, keys, call.Time.GetUtcNow());
    }
}
