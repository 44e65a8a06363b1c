using System.Security.Cryptography;
using Cove.Attestation;
using Cove.Attestation.Dcap;
using Cove.Attestation.Tests.Dcap;

namespace Cove.Bench.Attestation;

/// <summary>How many SGX and TDX quotes are verified on one core, next to the bare signature operations.</summary>
internal static class QuoteVerification
{
    private const int ManyPlatforms = 200;

    public static void Run()
    {
        var verify = OpenSslSpeed.Operations("ecdsap256", column: "verify/s");
        Console.WriteLine($"  openssl speed, one core: {verify:F0} P-256 verifications a processor second");
        using var platform = new SimulatedPlatform();
        MeasureBare(platform.SgxQuote(), verify);
        Measure("SGX quote", platform, platform.SgxQuote(), QuoteTee.Sgx, verify);
        Measure("TDX 1.5 quote", platform, platform.Td15Quote(), QuoteTee.Tdx, verify);
        MeasureMany(platform, verify);
    }

    private static void MeasureBare(byte[] bytes, double yardstick)
    {
        var quote = Quote.Parse(bytes);
        var point = quote.AttestationKey.Span;
        var parameters = new ECParameters { Curve = ECCurve.NamedCurves.nistP256, Q = new ECPoint { X = point[..32].ToArray(), Y = point[32..].ToArray() } };
        using var key = ECDsa.Create(parameters);
        Operations.Measure(() => key.VerifyData(quote.Signed.Span, quote.Signature.Span, HashAlgorithmName.SHA256)).Print("bare P-256 verification in .NET", yardstick);
    }

    private static void Measure(string what, SimulatedPlatform platform, byte[] bytes, QuoteTee tee, double yardstick)
    {
        var verifier = new EvidenceVerifier(platform.Anchors);
        var collateral = new Collateral { Dcap = platform.Collateral(tee) };
        Operations.Measure(() => Require(verifier, bytes, collateral)).Print($"{what} verified, platform known", yardstick);
        Operations.Measure(() => Require(new EvidenceVerifier(platform.Anchors), bytes, collateral)).Print($"{what} verified, platform and collateral new", yardstick);
    }

    private static void MeasureMany(SimulatedPlatform platform, double yardstick)
    {
        var verifier = new EvidenceVerifier(platform.Anchors);
        var collateral = new Collateral { Dcap = platform.Collateral(QuoteTee.Sgx) };
        var mine = platform.SgxQuote();
        for (var i = 0; i < ManyPlatforms; i++)
        {
            // Another certificate each time: its dates and its signature differ.
            platform.IssuePck(SimulatedPlatform.Then.AddDays(-1), SimulatedPlatform.Then.AddMinutes(i));
            Require(verifier, platform.SgxQuote(), collateral);
        }

        Operations.Measure(() => Require(verifier, mine, collateral)).Print($"SGX quote verified, {ManyPlatforms} other platforms known", yardstick);
    }

    private static void Require(EvidenceVerifier verifier, byte[] quote, Collateral collateral)
    {
        if (!verifier.Verify(QuoteEvidence.Parse(quote), collateral, SimulatedPlatform.Then).IsAccepted(out _, out var findings)) throw new InvalidOperationException(string.Join('\n', findings));
    }
}
