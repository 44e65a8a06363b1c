namespace Cove.Attestation.Tokens.Ear;

/// <summary>How far an attester may be trusted (AR4SI 2.3.2), in one word.</summary>
public enum TrustTier
{
    /// <summary>Nothing is claimed.</summary>
    None,

    /// <summary>What was claimed is as it should be.</summary>
    Affirming,

    /// <summary>Something is not as it should be, or could not be recognised.</summary>
    Warning,

    /// <summary>Something speaks against trusting it.</summary>
    Contraindicated,
}
