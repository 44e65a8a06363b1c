using System.Buffers.Text;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json;

namespace Cove.Sidecar.Tests.Fakes;

/// <summary>A vault's answer to a release, put together here byte by byte so that a test can get one thing wrong.</summary>
internal sealed record VaultAnswer
{
    public required string Kid { get; init; }

    public required byte[] Material { get; init; }

    public required X509Certificate2 Signer { get; init; }

    public required IReadOnlyList<X509Certificate2> Above { get; init; }

    public string KeyType { get; init; } = "oct-HSM";

    public string Encryption { get; init; } = "CKM_RSA_AES_KEY_WRAP";

    /// <summary>The <c>key_ops</c> member and the public numbers, as JSON members with a comma after each.</summary>
    public string Members { get; init; } = "\"key_ops\":[\"encrypt\",\"decrypt\",\"wrapKey\",\"unwrapKey\"],";

    /// <summary>Header members with a comma before each.</summary>
    public string HeaderExtra { get; init; } = string.Empty;

    public string Algorithm { get; init; } = "RS256";

    /// <summary>The key to wrap for instead of the attested one.</summary>
    public RSA? OtherWrappingKey { get; init; }

    /// <summary>Changes the wrapped key.</summary>
    public Func<byte[], byte[]> TamperCiphertext { get; init; } = bytes => bytes;

    /// <summary>Changes the finished JWS.</summary>
    public Func<string, string> TamperJws { get; init; } = text => text;

    /// <summary>The whole body.</summary>
    public string Body(JsonElement attestedKey)
    {
        var payload = $$$"""
            {"request":{"api-version":"7.4","enc":"{{{Encryption}}}","kid":"{{{Kid}}}"},"response":{"key":{"key":{"kid":"{{{Kid}}}","kty":"{{{KeyType}}}",{{{Members}}}"key_hsm":"{{{KeyHsm(attestedKey)}}}"},"attributes":{"enabled":true},"release_policy":{} } } }
            """;
        var chain = string.Join(',', Above.Prepend(Signer).Select(c => $"\"{Convert.ToBase64String(c.RawData)}\""));
        var header = $$"""{"alg":"{{Algorithm}}","kid":"signer","x5c":[{{chain}}]{{HeaderExtra}}}""";
        var signed = $"{Encode(Encoding.UTF8.GetBytes(header))}.{Encode(Encoding.UTF8.GetBytes(payload))}";
        using var rsa = Signer.GetRSAPrivateKey();
        var signature = rsa is null
            ? RandomNumberGenerator.GetBytes(64)
            : rsa.SignData(Encoding.ASCII.GetBytes(signed), HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        return $$"""{"value":"{{TamperJws($"{signed}.{Encode(signature)}")}}"}""";
    }

    private static string Encode(ReadOnlySpan<byte> bytes) => Base64Url.EncodeToString(bytes);

    private string KeyHsm(JsonElement attestedKey)
    {
        using var attested = RSA.Create(new RSAParameters
        {
            Modulus = Base64Url.DecodeFromChars(attestedKey.GetProperty("n").GetString()),
            Exponent = Base64Url.DecodeFromChars(attestedKey.GetProperty("e").GetString()),
        });
        var padding = Encryption switch
        {
            "RSA_AES_KEY_WRAP_256" => RSAEncryptionPadding.OaepSHA256,
            "RSA_AES_KEY_WRAP_384" => RSAEncryptionPadding.OaepSHA384,
            _ => RSAEncryptionPadding.OaepSHA1,
        };
        var kek = RandomNumberGenerator.GetBytes(32);
        using var aes = Aes.Create();
        aes.SetKey(kek);
        byte[] wrapped = [.. (OtherWrappingKey ?? attested).Encrypt(kek, padding), .. aes.EncryptKeyWrapPadded(Material)];
        var header = $$"""{"kid":"{{attestedKey.GetProperty("kid").GetString()}}","alg":"dir","enc":"{{Encryption}}"}""";
        var json = $$"""{"schema_version":"1.0","header":{{header}},"ciphertext":"{{Encode(TamperCiphertext(wrapped))}}"}""";
        return Encode(Encoding.UTF8.GetBytes(json));
    }
}
