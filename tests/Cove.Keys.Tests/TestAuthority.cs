using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Cove.Attestation.Tokens;
using Cove.Formats.Jose;

namespace Cove.Keys.Tests;

/// <summary>An attestation service in a test: mints tokens with any claims and validates them as the real validator does.</summary>
internal sealed class TestAuthority : IDisposable
{
    public const string Issuer = "https://maa.test";
    private readonly RSA _rsa = RSA.Create(2048);

    public TestAuthority()
    {
        Signer = new(_rsa, JwsAlgorithm.RS256);
        Keys = new([RsaJwk.FromRsa(_rsa, includePrivate: false, keyId: "authority-1")]);
    }

    public JwsSigner Signer { get; }

    public Jwks Keys { get; }

    /// <summary>The claims of a confidential container group, with this wrapping key.</summary>
    public static JsonObject Claims(RSA wrapKey) => new()
    {
        ["x-ms-attestation-type"] = "sevsnpvm",
        ["x-ms-sevsnpvm-is-debuggable"] = false,
        ["x-ms-sevsnpvm-vmpl"] = 0,
        ["x-ms-sevsnpvm-bootloader-svn"] = 3,
        ["x-ms-isolation-tee"] = new JsonObject { ["x-ms-compliance-status"] = "azure-compliant-uvm" },
        ["x-ms-list"] = new JsonArray("a", "b"),
        ["x-ms-runtime"] = new JsonObject { ["keys"] = new JsonArray(WrapJwk(wrapKey)) },
    };

    public static JsonObject WrapJwk(RSA wrapKey, string keyId = "wrap-1")
        => JsonNode.Parse(RsaJwk.FromRsa(wrapKey, false, keyId: keyId, keyOperations: ["encrypt"]).ToJson(false))!.AsObject();

    public AttestationToken Token(JsonObject claims, string issuer = Issuer)
    {
        var now = TimeProvider.System.GetUtcNow().ToUnixTimeSeconds();
        claims["iss"] = issuer;
        claims["iat"] = now;
        claims["exp"] = now + 3600;
        var text = Signer.Sign(new JwsHeader { Algorithm = "RS256", KeyId = "authority-1" }, Encoding.UTF8.GetBytes(claims.ToJsonString()));
        Assert.True(new TokenValidator(issuer, Keys, TimeProvider.System).Validate(text).IsAccepted(out var token, out var findings), string.Join('\n', findings));
        return token;
    }

    public void Dispose() => Signer.Dispose();
}
