using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Cove.Attestation;
using Cove.Attestation.Maa;
using Cove.Attestation.Maa.Policies;
using Cove.Attestation.Snp;
using Cove.Attestation.Tokens;
using Cove.Formats.Der;
using Cove.Formats.Jose;
using Cove.Runtime.Simulation;

namespace Cove.Bench.Attestation;

/// <summary>How many reports are verified and tokens issued on one core, next to the bare signature operations.</summary>
internal static class Verification
{
    private static readonly int[] KnownChains = [1, 10, 100, 1000];

    public static void Run()
    {
        var verify = OpenSslSpeed.Operations("ecdsap384", column: "verify/s");
        // A chain that is new takes three RSA-4096 verifications beside the report's: root, issuer, endorsement key.
        var chain = OpenSslSpeed.Operations("rsa4096", column: "verify/s");
        var cold = 1 / (1 / verify + 3 / chain);
        var sign = OpenSslSpeed.Operations("rsa2048", column: "sign/s");
        // A token takes one report verification and one RSA signature, and cannot cost less.
        var token = 1 / (1 / verify + 1 / sign);
        Console.WriteLine($"  openssl speed, one core: {verify:F0} P-384 verifications, {cold:F0} with three RSA-4096 verifications each, {sign:F0} RSA-2048 signatures, {token:F0} with one P-384 verification each, a processor second");
        using var authority = new SimulatedAuthority(TimeProvider.System);
        using var chip = authority.MakeChip(SimulatedChip.CurrentTcb);
        var evidence = Evidence(chip);
        var anchors = TrustAnchors.Vendors with { Snp = SnpTrustAnchors.Amd.WithSimulatedRoot(authority.Root) };
        var now = TimeProvider.System.GetUtcNow();
        MeasureBare(evidence, chip, verify);

        var verifier = new EvidenceVerifier(anchors);
        Operations.Measure(() => Require(new EvidenceVerifier(anchors).Verify(evidence, Collateral.None, now))).Print("report verified, chain new", cold);
        var known = 0;
        foreach (var count in KnownChains)
        {
            for (; known < count - 1; known++)
            {
                using var other = authority.MakeChip(SimulatedChip.CurrentTcb);
                Require(verifier.Verify(Evidence(other), Collateral.None, now));
            }

            Operations.Measure(() => Require(verifier.Verify(evidence, Collateral.None, now))).Print(count == 1 ? "report verified, chain known" : $"report verified, one of {count} chains known", verify);
        }

        MeasureTokens(evidence, verifier, now, token);
    }

    private static void MeasureBare(SnpEvidence evidence, SimulatedChip chip, double yardstick)
    {
        using var key = ECDsa.Create();
        key.ImportSubjectPublicKeyInfo(chip.Certificate.Certificate.SubjectPublicKeyInfo.Span, out _);
        var report = SnpReport.Parse(evidence.Report.Span);
        var signature = report.Signature();
        Operations.Measure(() => key.VerifyData(report.Signed, signature, HashAlgorithmName.SHA384)).Print("bare P-384 verification in .NET", yardstick);
        Operations.Measure(() =>
        {
            using var fresh = ECDsa.Create();
            fresh.ImportSubjectPublicKeyInfo(chip.Certificate.Certificate.SubjectPublicKeyInfo.Span, out _);
            fresh.VerifyData(report.Signed, signature, HashAlgorithmName.SHA384);
        }).Print("bare P-384 verification in .NET, key read each time", yardstick);
    }

    private static void MeasureTokens(SnpEvidence evidence, EvidenceVerifier verifier, DateTimeOffset now, double yardstick)
    {
        var body = RequestBody(evidence);
        var policy = AppraisalPolicy.GenuineGuests with { ClaimRules = PolicyDocument.Of(MaaPolicy.DefaultSevSnpVm) };
        using var signer = new JwsSigner(RSA.Create(2048), JwsAlgorithm.Find("RS256")!);
        var issuer = new TokenIssuer("https://localhost", "key", signer, TimeProvider.System);
        Operations.Measure(() =>
        {
            var request = SevSnpVmRequest.Parse(body);
            if (!verifier.Verify(request.Evidence, Collateral.None, now).IsAccepted(out var verified, out _) || !policy.Appraise(verified).IsAccepted(out var claims, out _))
                throw new InvalidOperationException("the evidence was refused");
            issuer.Issue(claims, request.Nonce);
        }).Print("request to token: parse, verify, appraise, sign", yardstick);
    }

    private static SnpEvidence Evidence(SimulatedChip chip)
    {
        var launch = new SimulatedLaunch(new byte[48], new byte[32], SimulatedLaunch.ContainerGroupPolicy);
        return new SnpEvidence(SimulatedProcessor.Launch(chip, launch).GetReport(new byte[64], 0), chip.Certification.Certificates);
    }

    private static byte[] RequestBody(SnpEvidence evidence)
    {
        var inner = new JsonObject
        {
            ["SnpReport"] = Base64Url.Encode(evidence.Report.Span),
            ["VcekCertChain"] = Base64Url.Encode(Encoding.ASCII.GetBytes(CertificatePem.Write(evidence.Certificates))),
        };
        return Encoding.UTF8.GetBytes(new JsonObject { ["report"] = Base64Url.Encode(Encoding.UTF8.GetBytes(inner.ToJsonString())), ["nonce"] = "n" }.ToJsonString());
    }

    private static void Require(Cove.Outcomes.Verdict<VerifiedEvidence> verdict)
    {
        if (!verdict.IsAccepted(out _, out var findings)) throw new InvalidOperationException(string.Join('\n', findings));
    }
}
