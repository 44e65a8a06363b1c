using System.CommandLine;
using System.Security.Cryptography;
using Cove.Cli.Development;
using Cove.Cli.Shell;
using Cove.Cli.Vault;
using Cove.Formats.Jose;

namespace Cove.Cli.Commands.Key;

/// <summary>To whom a new key is released: a policy file, or in one word the container policy whose group may have it.</summary>
internal sealed class ReleaseOptions
{
    private const int MaximumPolicy = 64 * 1024;
    private const int MaximumContainerPolicy = 4 * 1024 * 1024;
    private const int HostDataDigits = 64;

    private readonly Option<string?> policyFile = new("--release-policy") { HelpName = "file", Description = "a release policy (JSON, Azure's grammar); - is standard input" };
    private readonly Option<string?> toPolicy = new("--release-to-policy") { HelpName = "hash", Description = "release to groups under this container policy: its hash (64 hex digits), or a file with the policy" };
    private readonly Option<string?> authority = new("--authority") { HelpName = "url", Description = "with --release-to-policy: the attestation service to believe; by default the one of cove dev up" };

    public void AddTo(Command command)
    {
        command.Add(policyFile);
        command.Add(toPolicy);
        command.Add(authority);
    }

    /// <summary>The release policy's bytes; null where the key is to stay in the service for ever.</summary>
    public async Task<byte[]?> Read(Invocation call, CancellationToken cancellation)
    {
        var (file, hash) = (call.Get(policyFile), call.Get(toPolicy));
        if (file is not null && hash is not null)
            throw CommandFailedException.Usage("release-ambiguous", "either --release-policy or --release-to-policy, not both");
        if (file is not null)
        {
            var bytes = await call.Read(file, MaximumPolicy, cancellation);
            using var parsed = StrictJson.ParseObject(bytes, "release policy", MaximumPolicy);
            return bytes;
        }

        if (hash is null) return null;
        var trusted = call.Get(authority) is { } url ? ServiceUrl.Parse(url, "--authority") : new DevelopmentServices(call.Home, call.Time).State().AttestationUrl;
        return ReleasePolicyText.ForHostData(await HostData(call, hash, cancellation), trusted);
    }

    private static async Task<string> HostData(Invocation call, string given, CancellationToken cancellation)
    {
        if (given.Length == HostDataDigits && given.All(char.IsAsciiHexDigit)) return given.ToLowerInvariant();
        return Convert.ToHexStringLower(SHA256.HashData(await call.Read(given, MaximumContainerPolicy, cancellation)));
    }
}
