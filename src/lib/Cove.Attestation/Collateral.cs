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
}
