using Cove.Attestation.Dcap;
using Cove.Attestation.Snp;
using Cove.Attestation.Uvm;
using Cove.Formats.Cose;

namespace Cove.Attestation;

/// <summary>Whom a verifier trusts to vouch for evidence, for every kind of TEE.</summary>
public sealed record TrustAnchors
{
    /// <summary>The vendors' own roots, and nothing else.</summary>
    public static TrustAnchors Vendors { get; } = new();

    /// <summary>Roots of SEV-SNP endorsement keys.</summary>
    public SnpTrustAnchors Snp { get; init; } = SnpTrustAnchors.Amd;

    /// <summary>Roots of SGX and TDX platforms.</summary>
    public DcapTrustAnchors Dcap { get; init; } = DcapTrustAnchors.Intel;

    /// <summary>Who may endorse guest images.</summary>
    public IReadOnlyList<UvmIssuer> UvmIssuers { get; init; } = UvmIssuer.Azure;

    /// <summary>Ledgers whose receipts of endorsements are believed; none by default, and receipts are then left aside.</summary>
    public IReadOnlyList<TransparencyLedger> Ledgers { get; init; } = [];
}
