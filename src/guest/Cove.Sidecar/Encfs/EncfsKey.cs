namespace Cove.Sidecar.Encfs;

/// <summary>Which key a volume is under, and how it is asked for.</summary>
internal sealed record EncfsKey
{
    /// <summary>The key's name, or name and version.</summary>
    public required string KeyId { get; init; }

    /// <summary>The attestation service, host and port.</summary>
    public required string AttestationEndpoint { get; init; }

    /// <summary>The vault, host and port.</summary>
    public required string VaultEndpoint { get; init; }

    /// <summary>A token for the vault; empty for one of this machine's identity.</summary>
    public required string AccessToken { get; init; }

    /// <summary>For an RSA key: hexadecimal salt of the derivation; may be empty.</summary>
    public required string Salt { get; init; }

    /// <summary>For an RSA key: the derivation's label; empty for the default.</summary>
    public required string Label { get; init; }

    /// <summary>Without the token.</summary>
    public override string ToString() => $"{KeyId} of {VaultEndpoint}, attested by {AttestationEndpoint}";
}
