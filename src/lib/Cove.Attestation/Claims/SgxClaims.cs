using System.Buffers;
using System.Security.Cryptography;
using System.Text.Json;
using Cove.Formats.Jose;

namespace Cove.Attestation.Claims;

/// <summary>
/// The claims that Microsoft Azure Attestation makes of SGX evidence, with its names and forms; old names beside the new ones, as it does.
/// </summary>
internal static class SgxClaims
{
    private const string Old = "maa-";

    /// <summary>Their names.</summary>
    public static IReadOnlyList<string> Names { get; } =
    [
        "aas-ehd", "is-debuggable", "maa-attestationcollateral", "maa-ehd", "product-id", "sgx-mrenclave", "sgx-mrsigner", "svn", "tee",
        "x-ms-sgx-collateral", "x-ms-sgx-config-id", "x-ms-sgx-config-svn", "x-ms-sgx-ehd", "x-ms-sgx-is-debuggable", "x-ms-sgx-isv-extended-product-id",
        "x-ms-sgx-isv-family-id", "x-ms-sgx-mrenclave", "x-ms-sgx-mrsigner", "x-ms-sgx-product-id", "x-ms-sgx-report-data", "x-ms-sgx-svn",
    ];

    public static Dictionary<string, ClaimValue> Of(VerifiedSgxEvidence evidence)
    {
        var report = evidence.Report;
        ClaimValue mrEnclave = Convert.ToHexStringLower(report.MrEnclave), mrSigner = Convert.ToHexStringLower(report.MrSigner);
        Dictionary<string, ClaimValue> claims = new(StringComparer.Ordinal)
        {
            [ClaimNames.AttestationType] = "sgx",
            ["x-ms-sgx-is-debuggable"] = report.Attributes.Debug,
            ["x-ms-sgx-product-id"] = report.IsvProdId,
            ["x-ms-sgx-mrsigner"] = mrSigner,
            ["x-ms-sgx-mrenclave"] = mrEnclave,
            ["x-ms-sgx-svn"] = report.IsvSvn,
            ["x-ms-sgx-report-data"] = Convert.ToHexStringLower(report.ReportData.Bytes),
            ["x-ms-sgx-collateral"] = Collateral(evidence, ""),
            ["is-debuggable"] = report.Attributes.Debug,
            ["product-id"] = report.IsvProdId,
            ["sgx-mrsigner"] = mrSigner,
            ["sgx-mrenclave"] = mrEnclave,
            ["svn"] = report.IsvSvn,
            ["tee"] = "sgx",
            ["maa-attestationcollateral"] = Collateral(evidence, Old),
        };
        if (report.Attributes.KeySeparation)
        {
            claims["x-ms-sgx-config-id"] = Convert.ToHexStringLower(report.ConfigId);
            claims["x-ms-sgx-config-svn"] = report.ConfigSvn;
            claims["x-ms-sgx-isv-extended-product-id"] = Convert.ToHexStringLower(report.IsvExtendedProductId);
            claims["x-ms-sgx-isv-family-id"] = Convert.ToHexStringLower(report.IsvFamilyId);
        }

        AddData(evidence, claims);
        if (evidence.IsSimulated) claims[ClaimNames.Simulated] = true;
        return claims;
    }

    private static void AddData(VerifiedSgxEvidence evidence, Dictionary<string, ClaimValue> claims)
    {
        if (evidence.RuntimeData is { Json: { } runtime }) claims[ClaimNames.Runtime] = runtime;
        else if (evidence.RuntimeData is { } held)
        {
            foreach (var name in (ReadOnlySpan<string>)["x-ms-sgx-ehd", "maa-ehd", "aas-ehd"]) claims[name] = Base64Url.Encode(held.Bytes.Span);
        }

        if (evidence.InitTimeData?.Json is { } initTime) claims[ClaimNames.InitTime] = initTime;
    }

    // Hashes of everything the verdict rests on, so that who reads the token can tell which collateral it was.
    private static JsonElement Collateral(VerifiedSgxEvidence evidence, string prefix)
    {
        var parts = evidence.Collateral.Parts;
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            Hash(json, prefix + "qeidcertshash", parts.QeIdentityIssuerChain.Span);
            Hash(json, prefix + "qeidcrlhash", parts.RootCaCrl.Span);
            Hash(json, prefix + "qeidhash", parts.QeIdentity.ToDocument("enclaveIdentity"));
            Hash(json, prefix + "quotehash", evidence.Quote.Bytes.Span);
            Hash(json, prefix + "tcbinfocertshash", parts.TcbInfoIssuerChain.Span);
            Hash(json, prefix + "tcbinfocrlhash", parts.RootCaCrl.Span);
            Hash(json, prefix + "tcbinfohash", parts.TcbInfo.ToDocument("tcbInfo"));
            json.WriteEndObject();
        }

        using var document = JsonDocument.Parse(buffer.WrittenMemory);
        return document.RootElement.Clone();
    }

    private static void Hash(Utf8JsonWriter json, string name, ReadOnlySpan<byte> bytes) =>
        json.WriteString(name, Convert.ToHexStringLower(SHA256.HashData(bytes)));
}
