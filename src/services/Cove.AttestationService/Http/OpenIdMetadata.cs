using System.Text.Json;
using Cove.Attestation.Claims;

namespace Cove.AttestationService.Http;

/// <summary>The OpenID metadata document, in Microsoft Azure Attestation's form.</summary>
internal static class OpenIdMetadata
{
    public static byte[] Write(string issuer)
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            Strings(json, "response_types_supported", ["token", "none"]);
            Strings(json, "id_token_signing_alg_values_supported", ["RS256"]);
            json.WriteString("revocation_endpoint", issuer + "/revoke");
            json.WriteString("issuer", issuer);
            json.WriteString("jwks_uri", issuer + "/certs");
            Strings(json, "claims_supported", ClaimNames.Supported);
            json.WriteEndObject();
        }

        return buffer.ToArray();
    }

    private static void Strings(Utf8JsonWriter json, string name, IEnumerable<string> values)
    {
        json.WriteStartArray(name);
        foreach (var value in values) json.WriteStringValue(value);
        json.WriteEndArray();
    }
}
