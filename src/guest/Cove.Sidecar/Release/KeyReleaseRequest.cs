namespace Cove.Sidecar.Release;

/// <summary>What a client of the sidecar asks for: a key of a vault, attested by a service it names.</summary>
/// <param name="AttestationEndpoint">Host, and port where it is not 443.</param>
/// <param name="VaultEndpoint">Host, and port where it is not 443.</param>
/// <param name="KeyId">The key's name, or name and version.</param>
/// <param name="AccessToken">A bearer token for the vault; empty for one of this machine's identity.</param>
internal sealed record KeyReleaseRequest(string AttestationEndpoint, string VaultEndpoint, string KeyId, string AccessToken)
{
    /// <summary>Without the token.</summary>
    public override string ToString() => $"{KeyId} of {VaultEndpoint}, attested by {AttestationEndpoint}";
}
