using Cove.Formats.Der;
using Cove.Outcomes;

namespace Cove.Attestation.Dcap;

/// <summary>The question that ends every chain: is its root one of ours?</summary>
internal static class RootTrust
{
    public static void Check(DcapTrustAnchors anchors, Certificate root, List<Finding> findings)
    {
        if (anchors.Trusts(root, out _)) return;
        var hash = Convert.ToHexStringLower(root.PublicKeyHash());
        findings.Add(new(
            "root-not-trusted", root.Subject.CommonName, "a trusted root key of SGX and TDX", $"the key with SHA-256 {hash}", DcapSections.Pck));
    }
}
