using System.Security.Cryptography;
using System.Text.Json;
using Cove.Attestation.Claims;
using Cove.Attestation.Maa;
using Cove.Attestation.Maa.Policies;
using Cove.Attestation.Tests.Snp;
using Cove.Attestation.Tokens;
using Cove.Attestation.Tokens.Ear;
using Cove.Formats.Jose;
using Cove.Outcomes;

namespace Cove.Attestation.Tests.Tokens.Ear;

public sealed class EarIssuerTests : IDisposable
{
    private const string Issuer = "https://attest.example";
    private readonly RSA _key = RSA.Create(2048);
    private readonly JwsSigner _signer;

    public EarIssuerTests() => _signer = new JwsSigner(RSA.Create(_key.ExportParameters(includePrivateParameters: true)), JwsAlgorithm.Find("RS256")!);

    public void Dispose()
    {
        _signer.Dispose();
        _key.Dispose();
    }

    [Fact]
    public void A_result_tells_how_far_to_trust_an_endorsed_guest_on_real_hardware()
    {
        var claims = Issue(Appraised(request => request), "a-nonce-of-mine");
        Assert.Equal("tag:github.com,2024:confidential-containers/Trustee", claims.GetProperty("eat_profile").GetString());
        Assert.Equal("a-nonce-of-mine", claims.GetProperty("eat_nonce").GetString());
        Assert.Equal(300, claims.GetProperty("exp").GetInt64() - claims.GetProperty("iat").GetInt64());
        var appraisal = claims.GetProperty("submods").GetProperty("cpu0");
        Assert.Equal("affirming", appraisal.GetProperty("ear.status").GetString());
        var vector = appraisal.GetProperty("ear.trustworthiness-vector");
        Assert.Equal((3, 3, 2, 0), (Value(vector, "configuration"), Value(vector, "executables"), Value(vector, "hardware"), Value(vector, "file-system")));
        Assert.Equal(8, vector.EnumerateObject().Count());
        Assert.Equal(MaaPolicy.DefaultSevSnpVm.Hash, appraisal.GetProperty("ear.appraisal-policy-id").GetString());
        var evidence = appraisal.GetProperty("ear.veraison.annotated-evidence");
        var maa = appraisal.GetProperty("ear.veraison.policy-claims");
        Assert.Equal(maa.GetProperty("x-ms-sevsnpvm-launchmeasurement").GetString(), evidence.GetProperty("snp").GetProperty("measurement").GetString());
        Assert.Equal(maa.GetProperty("x-ms-sevsnpvm-microcode-svn").GetInt32(), evidence.GetProperty("snp").GetProperty("reported_tcb_microcode").GetInt32());
        Assert.Equal(maa.GetProperty("x-ms-runtime").GetRawText(), evidence.GetProperty("runtime_data_claims").GetRawText());
        Assert.Equal(JsonValueKind.Null, evidence.GetProperty("init_data_claims").ValueKind);
    }

    [Fact]
    public void Executables_that_nobody_endorses_are_a_warning()
    {
        var appraisal = Issue(Appraised(evidence => evidence with { UvmEndorsements = [] })).GetProperty("submods").GetProperty("cpu0");
        Assert.Equal("warning", appraisal.GetProperty("ear.status").GetString());
        Assert.Equal(33, Value(appraisal.GetProperty("ear.trustworthiness-vector"), "executables"));
    }

    [Theory]
    [InlineData("short")]
    [InlineData("01234567890123456789012345678901234567890123456789012345678901234567890123456789012345678")]
    public void A_nonce_that_the_format_does_not_take_is_refused(string nonce) => Assert.Throws<MalformedException>(() => Issue(Appraised(evidence => evidence), nonce));

    private static int Value(JsonElement vector, string name) => vector.GetProperty(name).GetInt32();

    private static ClaimSet Appraised(Func<SnpEvidence, SnpEvidence> change)
    {
        var evidence = change(SevSnpVmRequest.Parse(Known.Bytes("azure-cleanroom/insecure-virtual/encryption/maa-request.json")).Evidence);
        Assert.True(new EvidenceVerifier().Verify(evidence, Collateral.None, Known.At("2025-10-01")).IsAccepted(out var verified, out _));
        var policy = AppraisalPolicy.GenuineGuests with { ClaimRules = PolicyDocument.Of(MaaPolicy.DefaultSevSnpVm) };
        Assert.True(policy.Appraise(verified).IsAccepted(out var claims, out _));
        return claims;
    }

    private JsonElement Issue(ClaimSet claims, string? nonce = null)
    {
        var token = CompactJws.Parse(new EarIssuer(Issuer, () => new TokenSigningKey("k", _signer), TimeProvider.System).Issue(claims, nonce));
        Assert.Equal("eat+jwt", token.Header.Type);
        Assert.True(token.Verify(RsaJwk.FromRsa(_key, includePrivate: false, keyId: "k")).IsAccepted(out var verified, out _));
        using var document = JsonDocument.Parse(verified.Payload);
        return document.RootElement.Clone();
    }
}
