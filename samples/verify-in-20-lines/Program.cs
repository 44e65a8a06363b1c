using Cove.Attestation;
using Cove.Formats.Der;

if (args is not [var report, var chain, var hostData]) return Say(2, "usage: verify-in-20-lines REPORT CERTIFICATES-PEM HOST-DATA-HEX");
var evidence = new SnpEvidence(File.ReadAllBytes(report), CertificatePem.Parse(File.ReadAllBytes(chain)));
var policy = AppraisalPolicy.GenuineGuests with
{
    Snp = AppraisalPolicy.GenuineGuests.Snp! with { HostData = ReferenceValues.Of(Convert.FromHexString(hostData)) },
};

var verdict = new EvidenceVerifier().Verify(evidence, Collateral.None, TimeProvider.System.GetUtcNow());
if (verdict.IsAccepted(out var genuine, out var findings) && policy.Appraise(genuine).IsAccepted(out var claims, out findings))
    return Say(0, $"accepted, measurement {claims.Claims["x-ms-sevsnpvm-launchmeasurement"]}");
return Say(3, string.Join('\n', findings));

static int Say(int exitCode, string text)
{
    Console.WriteLine(text);
    return exitCode;
}
