using System.CommandLine;
using Cove.Cli.Commands.Token;
using Cove.Cli.Development;
using Cove.Cli.Shell;
using Cove.Formats.Jose;

namespace Cove.Cli.Evidence;

/// <summary>The options that say whose tokens are accepted, and where that issuer's keys come from: never from where the token says.</summary>
internal sealed class TokenAuthority
{
    private readonly Option<string?> authority = new("--authority") { HelpName = "url", Description = "of a token: the attestation service that must have issued it; by default the one of cove dev up" };
    private readonly Option<string?> keys = new("--jwks") { HelpName = "file", Description = "of a token: its issuer's keys, where they are not to be fetched" };
    private readonly Option<string?> certificateAuthority = new("--ca") { HelpName = "file", Description = "PEM of the authority that the issuer's TLS certificate must come from; by default the system's, or cove's own for localhost" };

    public IReadOnlyList<Option> Options => [authority, keys, certificateAuthority];

    /// <summary>The issuer's name, as its tokens have it, and its keys.</summary>
    public async Task<(string Issuer, Jwks Keys)> Find(Invocation call, CancellationToken cancellation)
    {
        var services = new DevelopmentServices(call.Home, call.Time);
        var issuer = call.Get(authority) is { } url ? ServiceUrl.Parse(url, "--authority") : services.State().AttestationUrl;
        var trusted = call.Get(keys) is { } file
            ? Jwks.Parse(await call.Read(file, Jwks.MaximumJsonLength, cancellation))
            : await AuthorityKeys.Fetch(ServiceHttp.Client(call, issuer, call.Get(certificateAuthority), services.Folder), issuer, cancellation);
        return (issuer.AbsoluteUri.TrimEnd('/'), trusted);
    }
}
