using System.Security.Cryptography;
using Cove.Formats.Jose;
using Cove.Protocol.Launch;

namespace Cove.Runtime.Network;

/// <summary>Makes the tokens of a group's managed identity, signed by the development issuer.</summary>
internal sealed class GroupIdentity : IDisposable
{
    private static readonly TimeSpan Lifetime = TimeSpan.FromHours(1);

    private readonly JwsSigner signer;
    private readonly LaunchIdentity identity;
    private readonly TimeProvider time;
    private readonly AccessTokenIssuer issuer;

    public GroupIdentity(LaunchIdentity identity, TimeProvider time)
    {
        (this.identity, this.time) = (identity, time);
        var key = ECDsa.Create();
        key.ImportFromPem(File.ReadAllText(identity.KeyFile));
        signer = new JwsSigner(key, JwsAlgorithm.Find("ES256")!);
        issuer = new AccessTokenIssuer(signer, identity.KeyId, identity.Issuer, time);
    }

    /// <summary>A token for the service that <paramref name="resource"/> names.</summary>
    public IdentityToken Issue(string resource)
    {
        var now = time.GetUtcNow();
        return new IdentityToken(issuer.Mint(resource, identity.Subject, identity.Roles, Lifetime), identity.Subject, now, now + Lifetime);
    }

    public void Dispose() => signer.Dispose();
}
