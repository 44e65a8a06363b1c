using System.Security.Cryptography;
using Cove.Formats.Der;

namespace Cove.Attestation.Snp;

/// <summary>
/// The roots that a verifier trusts, each known by the SHA-256 of its public key (DER SubjectPublicKeyInfo) and valid for one
/// product only.
/// </summary>
public sealed class SnpTrustAnchors
{
    private readonly IReadOnlyList<(SnpProduct Product, byte[] KeyHash)> _roots;

    private SnpTrustAnchors(IReadOnlyList<(SnpProduct Product, byte[] KeyHash)> roots) => _roots = roots;

    /// <summary>AMD's root keys (ARK) of Milan, Genoa and Turin, and nothing else: the default of every verifier.</summary>
    public static SnpTrustAnchors Amd { get; } = new(
    [
        (SnpProduct.Milan, Convert.FromHexString("9f056bee44377e29308cb5ffa895bdfb62d18881fa6bed8d6f075b0204089cb9")),
        (SnpProduct.Genoa, Convert.FromHexString("429a69c9422aa258ee4d8db5fcda9c6470ef15f8cd5a9cebd6cbc7d90b863831")),
        (SnpProduct.Turin, Convert.FromHexString("4f125410563a2ab9a50356f9243f6fe0b6f73de98603f53f90339c70e9d7ad08")),
    ]);

    /// <summary>
    /// These roots and, beside them, the root of a simulated secure processor. For development only: evidence under it is genuine
    /// and protects nothing, and what is made from it says so (<see cref="VerifiedEvidence.IsSimulated"/>).
    /// </summary>
    public SnpTrustAnchors WithSimulatedRoot(Certificate root) => new([.. _roots, (SnpProduct.Simulated, root.PublicKeyHash())]);

    /// <summary>Whether <paramref name="root"/>'s key is a trusted root of <paramref name="product"/>.</summary>
    public bool Trusts(SnpProduct product, Certificate root)
    {
        var hash = root.PublicKeyHash();
        foreach (var (trusted, keyHash) in _roots)
        {
            if (trusted == product && CryptographicOperations.FixedTimeEquals(keyHash, hash)) return true;
        }

        return false;
    }
}
