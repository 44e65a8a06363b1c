namespace Cove.Attestation.Snp;

/// <summary>Where the rules stand, as findings cite them.</summary>
internal static class SnpSections
{
    public const string Report = "SEV-SNP ABI 7.3";
    public const string Policy = "SEV-SNP ABI 4.3";
    public const string Tcb = "SEV-SNP ABI 2.2";
    public const string Certificates = "VCEK specification 3";
    public const string Path = "RFC 5280 6.1";
    public const string Binding = "MAA attest SevSnpVm";
}
