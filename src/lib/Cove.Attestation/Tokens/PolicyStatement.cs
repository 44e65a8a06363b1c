using System.Buffers;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json;
using Cove.Attestation.Claims;
using Cove.Attestation.Maa.Policies;
using Cove.Formats.Der;
using Cove.Formats.Jose;

namespace Cove.Attestation.Tokens;

/// <summary>What a service states about its policies, for <see cref="TokenIssuer"/> to sign. It says nothing about any attester.</summary>
public sealed class PolicyStatement
{
    private PolicyStatement(IReadOnlyDictionary<string, ClaimValue> claims) => Claims = claims;

    internal IReadOnlyDictionary<string, ClaimValue> Claims { get; }

    /// <summary>This policy is in force.</summary>
    public static PolicyStatement InForce(PolicyDocument document) => new(new Dictionary<string, ClaimValue>(StringComparer.Ordinal) { ["x-ms-policy"] = document.Text });

    /// <summary>This policy was put into force.</summary>
    public static PolicyStatement Updated(PolicyDocument document) => Changed("Updated", document);

    /// <summary>By this document the policy was put back to the default.</summary>
    public static PolicyStatement Removed(PolicyDocument document) => Changed("Removed", document);

    /// <summary>These certificates' keys may sign policies.</summary>
    public static PolicyStatement Certificates(IEnumerable<Certificate> certificates) => Of("x-ms-policy-certificates", json =>
    {
        json.WriteStartObject();
        json.WriteStartArray("keys");
        foreach (var certificate in certificates)
        {
            json.WriteStartObject();
            json.WriteString("kty", KeyType(certificate));
            json.WriteStartArray("x5c");
            json.WriteBase64StringValue(certificate.Der.Span);
            json.WriteEndArray();
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    });

    /// <summary>This certificate's key may sign policies now, or no longer.</summary>
    public static PolicyStatement CertificateChanged(Certificate certificate, bool isPresent) => new(new Dictionary<string, ClaimValue>(StringComparer.Ordinal)
    {
        // SHA-1 because the wire format says so; it identifies and protects nothing.
        ["x-ms-certificate-thumbprint"] = Convert.ToHexString(SHA1.HashData(certificate.Der.Span)),
        ["x-ms-policycertificates-result"] = isPresent ? "IsPresent" : "IsAbsent",
    });

    private static PolicyStatement Changed(string result, PolicyDocument document)
    {
        Dictionary<string, ClaimValue> claims = new(StringComparer.Ordinal)
        {
            ["x-ms-policy-result"] = result,
            ["x-ms-policy-token-hash"] = document.Hash,
        };
        if (document.Signer is { } signer) claims[ClaimNames.PolicySigner] = Write(json => signer.WriteTo(json, includePrivate: false));
        return new PolicyStatement(claims);
    }

    /// <summary>The signer as attestation tokens show it; the answers about policies show the key itself.</summary>
    internal static ClaimValue SignerClaim(Jwk signer) => Write(json =>
    {
        json.WriteStartObject();
        json.WritePropertyName("jwk");
        signer.WriteTo(json, includePrivate: false);
        json.WriteEndObject();
    });

    private static PolicyStatement Of(string name, Action<Utf8JsonWriter> write) => new(new Dictionary<string, ClaimValue>(StringComparer.Ordinal) { [name] = Write(write) });

    private static string KeyType(Certificate certificate) =>
        PublicKey.CreateFromSubjectPublicKeyInfo(certificate.SubjectPublicKeyInfo.Span, out _).Oid.Value == "1.2.840.10045.2.1" ? "EC" : "RSA";

    private static ClaimValue Write(Action<Utf8JsonWriter> write)
    {
        var buffer = new ArrayBufferWriter<byte>(2048);
        using (var json = new Utf8JsonWriter(buffer)) write(json);
        using var document = JsonDocument.Parse(buffer.WrittenMemory);
        return document.RootElement.Clone();
    }
}
