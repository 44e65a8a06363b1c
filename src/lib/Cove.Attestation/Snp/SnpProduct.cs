namespace Cove.Attestation.Snp;

/// <summary>A processor generation with its own root key.</summary>
public enum SnpProduct
{
    /// <summary>EPYC 7003.</summary>
    Milan,

    /// <summary>EPYC 9004 and 8004 (Genoa, Bergamo, Siena).</summary>
    Genoa,

    /// <summary>EPYC 9005.</summary>
    Turin,

    /// <summary>Cove's simulated secure processor: no hardware. Has no root unless a verifier is given one.</summary>
    Simulated,
}
