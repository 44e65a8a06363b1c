using System.Security.Cryptography;
using Cove.Formats.Der;

namespace Cove.Attestation.Dcap;

/// <summary>
/// The roots of SGX and TDX platforms that a verifier trusts, each known by the SHA-256 of its public key (DER SubjectPublicKeyInfo).
/// </summary>
public sealed class DcapTrustAnchors
{
    private readonly IReadOnlyList<(byte[] KeyHash, bool Simulated)> roots;

    private DcapTrustAnchors(IReadOnlyList<(byte[] KeyHash, bool Simulated)> roots) => this.roots = roots;

    /// <summary>
    /// The key of Intel's SGX Root CA, and nothing else: the default of every verifier. Intel has certified the key twice, so a
    /// certificate's own hash would not do.
    /// </summary>
    public static DcapTrustAnchors Intel { get; } = new([(Convert.FromHexString("a0af031289f5d5d4132f9186068a7fc13628633ba235777472e29b6b6c67a49e"), false)]);

    /// <summary>
    /// These roots and, beside them, the root of simulated platforms. For development only: evidence under it is genuine and protects
    /// nothing, and what is made from it says so (<see cref="VerifiedEvidence.IsSimulated"/>).
    /// </summary>
    public DcapTrustAnchors WithSimulatedRoot(Certificate root) => new([.. roots, (root.PublicKeyHash(), true)]);

    /// <summary>Whether <paramref name="root"/>'s key is a trusted root.</summary>
    /// <param name="root">The certificate at the top of a chain.</param>
    /// <param name="simulated">Whether it is that of simulated platforms.</param>
    public bool Trusts(Certificate root, out bool simulated)
    {
        var hash = root.PublicKeyHash();
        foreach (var (keyHash, isSimulated) in roots)
        {
            if (!CryptographicOperations.FixedTimeEquals(keyHash, hash)) continue;
            simulated = isSimulated;
            return true;
        }

        simulated = false;
        return false;
    }
}
