using Cove.Attestation.Dcap;
using Cove.Formats.Der;

namespace Cove.Attestation;

/// <summary>What a verifier needs beside the evidence, from wherever it was fetched. Signed by the vendor, so its source need not be trusted.</summary>
public sealed record Collateral
{
    /// <summary>Nothing: the evidence brings its own certificates.</summary>
    public static Collateral None { get; } = new();

    /// <summary>Certificates that the evidence did not bring, in any order.</summary>
    public IReadOnlyList<Certificate> Certificates { get; init; } = [];

    /// <summary>What a quote of SGX or TDX is verified with; null where there is none, and then no quote is genuine.</summary>
    public DcapCollateral? Dcap { get; init; }

    /// <summary>Revocation lists of the roots. A list of another issuer than the evidence's is left aside; none means that revocation was not looked at.</summary>
    public IReadOnlyList<CertificateRevocationList> RevocationLists { get; init; } = [];
}
