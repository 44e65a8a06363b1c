namespace Cove.Attestation.Azure;

/// <summary>Whose report an HCL report holds.</summary>
public enum HclHardware
{
    /// <summary>An AMD SEV-SNP ATTESTATION_REPORT.</summary>
    Snp = 2,

    /// <summary>An Intel TDX TDREPORT.</summary>
    Tdx = 4,
}
