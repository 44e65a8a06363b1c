namespace Cove.Attestation.Snp;

/// <summary>KEY_INFO.SIGNING_KEY (SEV-SNP ABI 7.3): which kind of key signed a report.</summary>
public enum SigningKey
{
    /// <summary>Versioned chip endorsement key: unique to the chip.</summary>
    Vcek = 0,

    /// <summary>Versioned loaded endorsement key: given to a cloud provider.</summary>
    Vlek = 1,

    /// <summary>Not signed.</summary>
    None = 7,
}
