namespace Cove.Attestation.Uvm;

/// <summary>Who may endorse guest images, for which feed, and from which version on.</summary>
/// <param name="Did">The issuer's <c>did:x509</c>, compared character by character.</param>
/// <param name="Feed">The feed: which line of images.</param>
/// <param name="MinimumSvn">The lowest security version that is still accepted.</param>
public sealed record UvmIssuer(string Did, string Feed, long MinimumSvn)
{
    /// <summary>Whether a known ledger must have registered the endorsement.</summary>
    public bool RequireReceipt { get; init; }

    private const string MicrosoftSupplyChainRoot = "did:x509:0:sha256:I__iuL25oXEVFdTP_aBLx_eT1RPHbCQ_ECBQfYZpt9s::eku:1.3.6.1.4.1.311.76.59.";

    /// <summary>Microsoft's endorsements of the guests of confidential container groups (ACI) and of confidential AKS pods.</summary>
    public static IReadOnlyList<UvmIssuer> Azure { get; } =
    [
        new(MicrosoftSupplyChainRoot + "1.2", "ContainerPlat-AMD-UVM", MinimumSvn: 100),
        new(MicrosoftSupplyChainRoot + "1.5", "ConfAKS-AMD-UVM", MinimumSvn: 1),
    ];
}
