using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Cove.Attestation.Claims;
using Cove.Attestation.Maa;
using Cove.Attestation.Maa.Policies;
using Cove.Attestation.OpenEnclave;
using Cove.Attestation.Tests.Snp;
using Cove.Attestation.Tpm;
using Cove.Formats.Der;
using Cove.Formats.Jose;

namespace Cove.Attestation.Tests.Recorded;

/// <summary>What Azure's service and Trustee gave out: certificates with evidence in them, key sets, tokens, policies.</summary>
internal static class ServiceRows
{
    private const string Service = "azure-samples-maa/service/";
    private const string Policies = "azure-samples-maa/policy-hash/";

    public static IEnumerable<RecordedRow> All =>
    [
        RecordedRow.Of(Service + "get.certs.response.body.json", KeySet),
        .. new[] { "eus2", "maa.prod.uks", "sample", "uksouth" }.Select(name => RecordedRow.Of($"{Service}{name}.signing.cert.cer", () => SigningCertificate($"{Service}{name}.signing.cert.cer"))),
        RecordedRow.Of(Service + "post.attest.body.json", Request),
        RecordedRow.Of(Service + "post.attest.response.jwt.body.json", Response),
        RecordedRow.Of(Service + "sev-snp-jwt.txt", Token),
        RecordedRow.Of("azure-cvm-guest-attestation/sampleAttestationToken.json", GuestToken),
        RecordedRow.Of("coco-trustee/ear/example.token.json", EarToken),
        RecordedRow.Of("coco-trustee/dcap/tpm_evidence.json", QuoteOfTpm),
        RecordedRow.Of(Policies + "expected.json", () => Assert.All(Expected().EnumerateArray(), one => PolicyHash(one.GetProperty("file").GetString()!))),
        .. new[] { "sgx-default-v1.0.txt", "snp-aci-permit.txt", "snp-doc-permit.txt", "tdx-doc-permit.txt" }.Select(file => RecordedRow.Of(Policies + file, () => PolicyHash(file))),
    ];

    private static void KeySet()
    {
        using var document = JsonDocument.Parse(Known.Bytes(Service + "get.certs.response.body.json"));
        var withEvidence = 0;
        foreach (var key in document.RootElement.GetProperty("keys").EnumerateArray())
        {
            var certificate = Certificate.Parse(key.GetProperty("x5c")[0].GetBytesFromBase64());
            if (!AttestedTlsCertificate.IsOne(certificate)) continue;
            withEvidence++;
            var attested = AttestedTlsCertificate.Parse(certificate);
            QuoteRows.GenuineButForCollateral(attested.Evidence);
            // The key's name is the hash of the key in the form that the evidence binds.
            Assert.Equal(key.GetProperty("kid").GetString(), Convert.ToBase64String(attested.Evidence.Quote.Sgx!.ReportData.Bytes[..32]));
            Assert.Equal(key.GetProperty("kid").GetString(), Convert.ToBase64String(SHA256.HashData(attested.Evidence.RuntimeData!.Bytes.Span)));
        }

        Assert.Equal(1, withEvidence);
    }

    private static void SigningCertificate(string path)
    {
        // One of the files goes on as the key set did from which it was cut out.
        var certificate = Certificate.Parse(Convert.FromBase64String(Encoding.ASCII.GetString(Known.Bytes(path)).Split('"')[0]));
        if (!AttestedTlsCertificate.IsOne(certificate))
        {
            // The first of them is from before evidence was put in: only its own signature is left to look at.
            Assert.True(certificate.IsSignedBy(certificate));
            return;
        }

        QuoteRows.GenuineButForCollateral(AttestedTlsCertificate.Parse(certificate).Evidence);
    }

    private static (byte[] Report, byte[] HeldData) OldRequest()
    {
        using var document = JsonDocument.Parse(Known.Bytes(Service + "post.attest.body.json"));
        byte[] Bytes(string member) => Base64Url.TryDecode(document.RootElement.GetProperty(member).GetString()!.TrimEnd('='), out var bytes) ? bytes : throw new FormatException(member);
        return (Bytes("Quote"), Bytes("EnclaveHeldData"));
    }

    private static void Request()
    {
        var (report, held) = OldRequest();
        var evidence = QuoteRequest.ParseSgxEnclave(Known.Bytes(Service + "post.attest.body.json")).Evidence;
        Assert.Equal(held, evidence.RuntimeData!.Bytes.ToArray());
        Assert.Equal(OpenEnclaveReport.Parse(report).Quote.Bytes.ToArray(), evidence.Quote.Bytes.ToArray());
        QuoteRows.GenuineButForCollateral(evidence);
    }

    private static void Response()
    {
        var text = Encoding.UTF8.GetString(Known.Bytes(Service + "post.attest.response.jwt.body.json"));
        // Two documents, header and claims, one after the other.
        using var claims = JsonDocument.Parse(text[text.IndexOf('{', text.IndexOf('}'))..]);
        var evidence = OpenEnclaveReport.Parse(OldRequest().Report);
        Assert.Equal(claims.RootElement.GetProperty("maa-attestationcollateral").GetProperty("maa-quotehash").GetString(), Convert.ToHexStringLower(SHA256.HashData(evidence.Quote.Bytes.Span)));
        Assert.Equal(claims.RootElement.GetProperty("sgx-mrenclave").GetString(), Convert.ToHexStringLower(evidence.Quote.Sgx!.MrEnclave));
        Assert.Equal(claims.RootElement.GetProperty("sgx-mrsigner").GetString(), Convert.ToHexStringLower(evidence.Quote.Sgx!.MrSigner));
        Assert.Equal(claims.RootElement.GetProperty("is-debuggable").GetBoolean(), evidence.Quote.Sgx!.Attributes.Debug);
        // The 2020 service hashed the policy's raw text.
        Assert.Equal(claims.RootElement.GetProperty("maa-policyHash").GetString(), Convert.ToHexStringLower(SHA256.HashData(Known.Bytes(Policies + "sgx-default-v1.0.txt"))));
    }

    private static void Token()
    {
        var jws = CompactJws.Parse(Encoding.ASCII.GetString(Known.Bytes(Service + "sev-snp-jwt.txt")).Trim());
        Assert.Equal("RS256", jws.Header.Algorithm);
        using var claims = JsonDocument.Parse(jws.UnverifiedPayload);
        Assert.Equal(1744085700, claims.RootElement.GetProperty("iat").GetInt64());
        Assert.Equal(28800, claims.RootElement.GetProperty("exp").GetInt64() - claims.RootElement.GetProperty("iat").GetInt64());
        SameClaims(claims.RootElement);
        Assert.Equal(claims.RootElement.GetProperty("x-ms-policy-hash").GetString(), MaaPolicy.Parse(File.ReadAllText(Cove.Tests.Vectors.Path("attestation", "azure-samples-maa", "policy-hash", "snp-aci-permit.txt"))).Hash);
    }

    private static void GuestToken()
    {
        using var document = JsonDocument.Parse(Known.Bytes("azure-cvm-guest-attestation/sampleAttestationToken.json"));
        SameClaims(document.RootElement.GetProperty("x-ms-isolation-tee"));
    }

    // Every claim about an SNP guest that the service makes, this library makes too: same name, same kind of value.
    private static void SameClaims(JsonElement theirs)
    {
        var genuine = SnpRows.Genuine(Known.Evidence("coco-trustee/snp/test-report.bin", "coco-trustee/snp/test-vcek.der", "coco-trustee/snp/milan_ask_ark_asvk.pem"), "2023-01-25");
        var ours = SnpClaims.Of(genuine);
        var names = theirs.EnumerateObject().Where(claim => claim.Name.StartsWith("x-ms-sevsnpvm-", StringComparison.Ordinal)).ToArray();
        Assert.True(names.Length > 15);
        Assert.All(names, claim =>
        {
            var value = ours[claim.Name];
            Assert.Equal(claim.Value.ValueKind, value switch
            {
                ClaimValue.Integer => JsonValueKind.Number,
                ClaimValue.Boolean flag => flag.Value ? JsonValueKind.True : JsonValueKind.False,
                _ => JsonValueKind.String,
            });
            if (claim.Value.ValueKind == JsonValueKind.String) Assert.Equal(claim.Value.GetString()!.Length, value.ToString()!.Trim('"').Length);
        });
    }

    private static void EarToken()
    {
        using var document = JsonDocument.Parse(Known.Bytes("coco-trustee/ear/example.token.json"));
        Assert.Equal("tag:github.com,2024:confidential-containers/Trustee", document.RootElement.GetProperty("eat_profile").GetString());
        Assert.Equal(1760426134, document.RootElement.GetProperty("iat").GetInt64());
        var appraisal = document.RootElement.GetProperty("submods").GetProperty("cpu0");
        Assert.Equal("contraindicated", appraisal.GetProperty("ear.status").GetString());
        Assert.Equal(8, appraisal.GetProperty("ear.trustworthiness-vector").EnumerateObject().Count());
        Assert.Contains("OutOfDate", appraisal.GetProperty("ear.veraison.annotated-evidence").GetProperty("sgx").GetRawText(), StringComparison.Ordinal);
    }

    private static void QuoteOfTpm()
    {
        using var document = JsonDocument.Parse(Known.Bytes("coco-trustee/dcap/tpm_evidence.json"));
        using var key = RSA.Create();
        key.ImportSubjectPublicKeyInfo(document.RootElement.GetProperty("ak_public").GetBytesFromBase64(), out _);
        var quote = document.RootElement.GetProperty("tpm_quote");
        byte[] message = quote.GetProperty("message").GetBytesFromBase64(), signature = quote.GetProperty("signature").GetBytesFromBase64();
        ReadOnlyMemory<byte>[] pcrs = [.. quote.GetProperty("pcrs").EnumerateArray().Select(value => (ReadOnlyMemory<byte>)Convert.FromHexString(value.GetString()!))];
        Assert.Empty(TpmQuote.Parse(message, signature, pcrs).Verify(key));
        signature[^1] ^= 1;
        Assert.NotEmpty(TpmQuote.Parse(message, signature, pcrs).Verify(key));
    }

    private static JsonElement Expected()
    {
        using var document = JsonDocument.Parse(Known.Bytes(Policies + "expected.json"));
        return document.RootElement.Clone();
    }

    private static void PolicyHash(string file)
    {
        var expected = Expected().EnumerateArray().Single(one => one.GetProperty("file").GetString() == file);
        var bytes = Known.Bytes(Policies + file);
        Assert.Equal(expected.GetProperty("sha256_raw_hex").GetString(), Convert.ToHexStringLower(SHA256.HashData(bytes)));
        Assert.Equal(expected.GetProperty("x_ms_policy_hash").GetString(), MaaPolicy.Parse(Encoding.UTF8.GetString(bytes)).Hash);
    }
}
