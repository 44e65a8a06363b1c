using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Cove.Formats.Jose;

namespace Cove.AttestationService.Http;

/// <summary>
/// A token that only one VM can read: encrypted under a fresh AES key (GCM), and that key to the VM's certified TPM key (RSAES-PKCS1-v1_5, the
/// scheme of Azure's client). Base64url of a JSON object.
/// </summary>
internal static class EncryptedToken
{
    private const int KeySize = 32;
    private const int NonceSize = 12;
    private const int TagSize = 16;

    private static ReadOnlySpan<byte> Purpose => "Transport Key"u8;

    public static string Write(string token, RsaJwk recipient)
    {
        var plaintext = Encoding.ASCII.GetBytes(token);
        var (ciphertext, nonce, tag) = (new byte[plaintext.Length], RandomNumberGenerator.GetBytes(NonceSize), new byte[TagSize]);
        var key = RandomNumberGenerator.GetBytes(KeySize);
        try
        {
            using (var aes = new AesGcm(key, TagSize)) aes.Encrypt(nonce, plaintext, ciphertext, tag, Purpose);
            using var rsa = recipient.CreateRsa();
            using var buffer = new MemoryStream();
            using (var json = new Utf8JsonWriter(buffer))
            {
                json.WriteStartObject();
                json.WriteBase64String("AuthenticationData", tag);
                json.WriteBase64String("EncryptedInnerKey", rsa.Encrypt(key, RSAEncryptionPadding.Pkcs1));
                json.WriteStartObject("EncryptionParams");
                json.WriteBase64String("Iv", nonce);
                json.WriteEndObject();
                json.WriteBase64String("Jwt", ciphertext);
                json.WriteEndObject();
            }

            return Base64Url.Encode(buffer.ToArray());
        }
        finally
        {
            CryptographicOperations.ZeroMemory(key);
        }
    }
}
