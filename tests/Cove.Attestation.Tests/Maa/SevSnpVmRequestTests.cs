using System.Text.Json;
using Cove.Attestation.Maa;
using Cove.Attestation.Tests.Snp;
using Cove.Formats.Jose;
using Cove.Tests;

namespace Cove.Attestation.Tests.Maa;

public sealed class SevSnpVmRequestTests
{
    private const string Recorded = "azure-cleanroom/insecure-virtual/encryption/maa-request.json";

    [Fact]
    public void The_request_that_a_sidecar_sent_to_Azure_is_genuine_and_acceptable()
    {
        var request = SevSnpVmRequest.Parse(Known.Bytes(Recorded));
        Assert.Equal("13202930541250959283", request.Nonce);
        Assert.Null(request.DraftPolicy);
        Assert.Null(request.Evidence.InitTimeData);
        Assert.Single(request.Evidence.UvmEndorsements);

        var verdict = new EvidenceVerifier().Verify(request.Evidence, Collateral.None, Known.At("2025-10-01"));
        Assert.True(verdict.IsAccepted(out var verified, out var findings), string.Join('\n', findings));
        Assert.True(AppraisalPolicy.GenuineGuests.Appraise(verified).IsAccepted(out var claims, out _));
        Assert.False(claims.Claims.ContainsKey("x-cove-simulated"));
        Assert.Equal("73973b78", claims.Claims["x-ms-sevsnpvm-hostdata"].ToString()[..8]);
        Assert.Contains("\"kty\": \"RSA\"", claims.Claims["x-ms-runtime"].ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Its_claims_are_those_of_a_token_that_Azure_issued()
    {
        var token = File.ReadAllText(Vectors.Path("attestation", "azure-samples-maa", "service", "sev-snp-jwt.txt")).Trim();
        using var payload = JsonDocument.Parse(CompactJws.Parse(token).UnverifiedPayload);
        var request = SevSnpVmRequest.Parse(Known.Bytes(Recorded));
        Assert.True(new EvidenceVerifier().Verify(request.Evidence with { RuntimeData = null }, Collateral.None, Known.At("2025-10-01")).IsAccepted(out var verified, out _));
        Assert.True(AppraisalPolicy.GenuineGuests.Appraise(verified).IsAccepted(out var claims, out _));
        var theirs = payload.RootElement.EnumerateObject().ToDictionary(claim => claim.Name, claim => claim.Value);
        Assert.Equal(theirs.Keys.Where(name => name.StartsWith("x-ms-sevsnpvm-", StringComparison.Ordinal)), claims.Claims.Keys.Where(name => name.StartsWith("x-ms-sevsnpvm-", StringComparison.Ordinal)));
        // Both are container groups of one product under one policy: what that fixes is the same.
        foreach (var name in (string[])["x-ms-attestation-type", "x-ms-sevsnpvm-authorkeydigest", "x-ms-sevsnpvm-familyId", "x-ms-sevsnpvm-hostdata",
            "x-ms-sevsnpvm-imageId", "x-ms-sevsnpvm-is-debuggable", "x-ms-sevsnpvm-migration-allowed", "x-ms-sevsnpvm-smt-allowed", "x-ms-sevsnpvm-vmpl"])
            Assert.Equal(theirs[name].ToString(), claims.Claims[name].ToString(), ignoreCase: theirs[name].ValueKind is JsonValueKind.True or JsonValueKind.False);
    }
}
