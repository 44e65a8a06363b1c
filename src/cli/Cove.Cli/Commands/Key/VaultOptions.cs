using System.CommandLine;
using Cove.Cli.Development;
using Cove.Cli.Shell;
using Cove.Cli.Vault;
using Cove.Formats.Jose;

namespace Cove.Cli.Commands.Key;

/// <summary>Which key service, whose certificate to trust, and as whom: the same options for every verb of `cove key`.</summary>
internal sealed class VaultOptions
{
    private const string OwnerRole = "key-owner";
    private static readonly TimeSpan TokenLifetime = TimeSpan.FromMinutes(10);
    private const int MaximumToken = 64 * 1024;

    private readonly Option<string?> vault = new("--vault") { HelpName = "url", Description = "the key service; by default the one of cove dev up" };
    private readonly Option<string?> authority = new("--ca") { HelpName = "file", Description = "PEM of the authority that the service's certificate must come from; by default the system's, or cove's own for localhost" };
    private readonly Option<string?> token = new("--token") { HelpName = "file", Description = "a file with an access token, - or env://NAME; by default cove makes one of the development identity" };

    public void AddTo(Command command)
    {
        command.Add(vault);
        command.Add(authority);
        command.Add(token);
    }

    public async Task<KeyServiceClient> Connect(Invocation call, CancellationToken cancellation)
    {
        var development = new DevelopmentServices(call.Home, call.Time);
        var named = call.Get(vault) is { } text ? ServiceUrl.Parse(text, "--vault") : null;
        if (named is null && !File.Exists(development.Folder.AuthorityFile))
            throw CommandFailedException.Unavailable("no-key-service", "there is no key service yet", "cove dev up");
        var url = named ?? development.State().KeyUrl;
        return new KeyServiceClient(ServiceHttp.Client(call, url, call.Get(authority), development.Folder), url, await AccessToken(call, url, development.Folder, cancellation));
    }

    private async Task<string> AccessToken(Invocation call, Uri url, DevelopmentFolder folder, CancellationToken cancellation)
    {
        if (call.Get(token) is { } given) return System.Text.Encoding.UTF8.GetString(await call.ReadSecret(given, MaximumToken, cancellation)).TrimEnd('\r', '\n');
        if (url.IsLoopback && !File.Exists(folder.IdentityKeyFile))
            throw CommandFailedException.Unavailable("no-key-service", "there is no development identity yet", "cove dev up");
        if (!url.IsLoopback)
            throw CommandFailedException.Usage("token-missing", $"the development identity is for local services only, {url.Authority}", "give an access token with --token FILE");
        using var signer = folder.IdentitySigner();
        return new AccessTokenIssuer(signer, DevelopmentFolder.KeyId, DevelopmentFolder.IdentityIssuer, call.Time)
            .Mint(url.AbsoluteUri.TrimEnd('/'), "owner", [OwnerRole], TokenLifetime);
    }
}
