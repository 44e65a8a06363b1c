using System.Buffers;
using System.Security.Cryptography;
using System.Text.Json;

namespace Cove.Formats.Jose;

/// <summary>
/// Mints the access tokens (RFC 9068 in shape) of a development identity: what a token service would give an owner or a workload.
/// The key service accepts them when it was started with this issuer's public keys.
/// </summary>
/// <param name="signer">Signs; not disposed.</param>
/// <param name="keyId">The <c>kid</c> under which the issuer's key set lists the signer's key.</param>
/// <param name="issuer">The <c>iss</c> claim.</param>
/// <param name="time">The clock for <c>iat</c>, <c>nbf</c> and <c>exp</c>.</param>
public sealed class AccessTokenIssuer(JwsSigner signer, string keyId, string issuer, TimeProvider time)
{
    private const int TokenIdLength = 16;

    /// <summary>A token for one audience, subject and set of roles.</summary>
    /// <param name="audience">The service it is for, e.g. <c>https://vault.azure.net</c>.</param>
    /// <param name="subject">Who holds it; also written as <c>oid</c>, which Azure services read.</param>
    /// <param name="roles">For example <c>key-owner</c> or <c>key-release</c>.</param>
    /// <param name="lifetime">From now to <c>exp</c>.</param>
    public string Mint(string audience, string subject, IReadOnlyList<string> roles, TimeSpan lifetime)
    {
        var now = time.GetUtcNow();
        var payload = new ArrayBufferWriter<byte>(512);
        using (var writer = new Utf8JsonWriter(payload))
        {
            writer.WriteStartObject();
            writer.WriteString("aud", audience);
            writer.WriteNumber("exp", (now + lifetime).ToUnixTimeSeconds());
            writer.WriteNumber("iat", now.ToUnixTimeSeconds());
            writer.WriteString("iss", issuer);
            writer.WriteString("jti", Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(TokenIdLength)));
            writer.WriteNumber("nbf", now.ToUnixTimeSeconds());
            writer.WriteString("oid", subject);
            writer.WriteStartArray("roles");
            foreach (var role in roles) writer.WriteStringValue(role);
            writer.WriteEndArray();
            writer.WriteString("sub", subject);
            writer.WriteEndObject();
        }

        return signer.Sign(new JwsHeader { Algorithm = signer.Algorithm.Name, KeyId = keyId, Type = "JWT" }, payload.WrittenSpan);
    }
}
