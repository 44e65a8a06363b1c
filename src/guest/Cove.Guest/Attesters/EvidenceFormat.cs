namespace Cove.Guest.Attesters;

/// <summary>What kind of bytes an attester gives.</summary>
public enum EvidenceFormat
{
    /// <summary>An SEV-SNP ATTESTATION_REPORT of 1184 bytes.</summary>
    SnpReport,

    /// <summary>A TDX quote (version 4 or 5).</summary>
    TdxQuote,

    /// <summary>An SGX quote (version 3).</summary>
    SgxQuote,
}
