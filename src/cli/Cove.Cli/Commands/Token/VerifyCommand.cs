using System.CommandLine;
using Cove.Attestation.Tokens;
using Cove.Cli.Development;
using Cove.Cli.Output;
using Cove.Cli.Shell;
using Cove.Formats.Jose;

namespace Cove.Cli.Commands.Token;

internal sealed class VerifyCommand : CoveCommand
{
    private readonly Argument<string> token = new("token") { Description = "a file with the token, or - for standard input" };
    private readonly Option<string?> authority = new("--authority") { HelpName = "url", Description = "the attestation service that must have issued it; by default the one of cove dev up" };
    private readonly Option<string?> keys = new("--jwks") { HelpName = "file", Description = "its keys, where they are not to be fetched" };
    private readonly Option<string?> certificateAuthority = new("--ca") { HelpName = "file", Description = "PEM of the authority that the service's certificate must come from; by default the system's, or cove's own for localhost" };

    public VerifyCommand()
        : base("verify", "verify an attestation token: signature, issuer, dates")
    {
        Add(token);
        foreach (var option in (Option[])[authority, keys, certificateAuthority]) Add(option);
        Details = "The keys come from the authority that you name, never from where the token says. Exit code 0 accepted, 3 rejected, 4 not a token, 5 the authority does not answer.";
        Example("cove token verify token.jwt", "a token of the development service");
        Example("cove token verify token.jwt --authority https://sharedweu.weu.attest.azure.net", "a token of Azure's service");
        Example("cove token verify token.jwt --authority https://localhost:7441 --jwks certs.json", "without the network");
    }

    protected internal override async Task<Answer> Run(Invocation call, CancellationToken cancellation)
    {
        var text = await TokenText.Read(call, call.Get(token), cancellation);
        var services = new DevelopmentServices(call.Home, call.Time);
        var issuer = call.Get(authority) is { } url ? ServiceUrl.Parse(url, "--authority") : services.State().AttestationUrl;
        var trusted = call.Get(keys) is { } file
            ? Jwks.Parse(await call.Read(file, Jwks.MaximumJsonLength, cancellation))
            : await AuthorityKeys.Fetch(ServiceHttp.Client(call, issuer, call.Get(certificateAuthority), services.Folder), issuer, cancellation);
        var name = issuer.AbsoluteUri.TrimEnd('/');
        if (!new TokenValidator(name, trusted, call.Time).Validate(text).IsAccepted(out var valid, out var findings))
            return Answer.Rejected($"the token is not to be relied on, {call.Get(token)}", [], findings);
        return Answer.Of(page => Write(page, valid), writer =>
        {
            writer.WriteStartObject();
            writer.WriteString("verdict", "accepted");
            writer.WriteBoolean("simulated", valid.IsSimulated);
            writer.WriteString("issuer", valid.Issuer);
            writer.WriteString("expiresAt", valid.ExpiresAt);
            writer.WritePropertyName("claims");
            valid.Claims.WriteTo(writer);
            writer.WriteEndObject();
        });
    }

    private static void Write(Page page, AttestationToken token)
    {
        var about = token.IsSimulated ? "; it is about a SIMULATED processor, which protects nothing" : "";
        Check[] checks =
        [
            new("signature", true, $"by a key of {token.Issuer}"),
            new("issuer", true, token.Issuer),
            new("dates", true, $"{token.IssuedAt:yyyy-MM-dd HH:mm:ss} to {token.ExpiresAt:yyyy-MM-dd HH:mm:ss} UTC"),
        ];
        VerdictPage.WriteAccepted(page, $"token of {token.Issuer}{about}", checks, null);
        page.Line("claims");
        TokenPage.WriteClaims(page, token.Claims);
    }
}
