using System.Security.Cryptography;
using System.Text.Json;
using Cove.Attestation.Tokens;
using Cove.Formats.Jose;
using Cove.Outcomes;

namespace Cove.Keys.Wrapping;

/// <summary>
/// The public key, bound into an attestation, for which a released key is wrapped: an RSA key of the token's top-level
/// <c>x-ms-runtime.keys</c> that is for encryption. Keys elsewhere in the token belong to the platform and are not taken.
/// </summary>
public sealed class WrappingKey
{
    private const string Section = "Key Vault secure key release: x-ms-runtime";
    private const string PreferredKeyId = "TpmEphemeralEncryptionKey";
    private const int MaximumKeys = 16;
    private const int MaximumOperations = 16;
    private readonly RsaJwk _key;

    private WrappingKey(RsaJwk key, string keyId) => (_key, KeyId) = (key, keyId);

    /// <summary>Its <c>kid</c>, or its RFC 7638 thumbprint where it has none.</summary>
    public string KeyId { get; }

    /// <summary>Chooses the key of a token: the one that Azure's virtual machines name, else the first that is for encryption.</summary>
    /// <returns>The key, or why the token has none that may be used.</returns>
    public static Verdict<WrappingKey> Choose(AttestationToken token)
    {
        if (!token.Claims.TryGetProperty("x-ms-runtime", out var runtime) || runtime.ValueKind != JsonValueKind.Object)
            return new Finding("release-runtime-missing", "x-ms-runtime", "an object with keys", "absent", Section);
        if (!runtime.TryGetProperty("keys", out var keys) || keys.ValueKind != JsonValueKind.Array || keys.GetArrayLength() > MaximumKeys)
            return new Finding("release-wrapping-key-missing", "x-ms-runtime.keys", $"an array of at most {MaximumKeys} keys", "another", Section);
        try
        {
            var candidates = keys.EnumerateArray().Where(IsForEncryption).ToList();
            if (candidates.Count == 0)
                return new Finding("release-wrapping-key-missing", "x-ms-runtime.keys", "an RSA key with use enc, or key_ops encrypt or wrapKey",
                    "none", Section);
            var chosen = candidates.Find(k => StrictJson.OptionalString(k, "kid", "JWK") == PreferredKeyId);
            var key = (RsaJwk)Jwk.Parse(chosen.ValueKind == JsonValueKind.Undefined ? candidates[0] : chosen);
            return new WrappingKey(key, key.KeyId ?? key.ThumbprintText());
        }
        catch (MalformedException e)
        {
            return new Finding("release-wrapping-key-unfit", "x-ms-runtime.keys", $"an RSA key of at least {RsaJwk.MinimumBits} bits", e.Message,
                Section);
        }
    }

    internal Verdict<WrappedKey> Wrap(WrapAlgorithm algorithm, KeyMaterial material)
    {
        try
        {
            using var rsa = AttestedPublicKey.Open(_key);
            return new WrappedKey(algorithm, KeyId, algorithm.Wrap(rsa, material.Bytes));
        }
        catch (Exception e) when (e is CryptographicException or MalformedException)
        {
            return new Finding("release-wrapping-key-unfit", "x-ms-runtime.keys", "a key that RSA encrypts with", e.Message, Section);
        }
    }

    private static bool IsForEncryption(JsonElement key)
    {
        if (key.ValueKind != JsonValueKind.Object || StrictJson.OptionalString(key, "kty", "JWK") != "RSA") return false;
        if (StrictJson.OptionalString(key, "use", "JWK") == "enc") return true;
        return StrictJson.OptionalStrings(key, "key_ops", "JWK", MaximumOperations) is { } operations
            && operations.Any(o => o is "encrypt" or "wrapKey");
    }
}
