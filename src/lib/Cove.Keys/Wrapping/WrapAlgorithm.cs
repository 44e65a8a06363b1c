using System.Security.Cryptography;

namespace Cove.Keys.Wrapping;

/// <summary>
/// How a released key travels (the <c>enc</c> of a release): a fresh AES-256 key under RSA-OAEP, then the secret under that key with
/// AES key wrap with padding (RFC 5649). The variants differ in OAEP's hash only; MGF1 uses the same hash and the label is empty.
/// </summary>
public sealed class WrapAlgorithm
{
    private const int KekLength = 32;
    private const int WrapBlock = 8;
    private readonly RSAEncryptionPadding _padding;

    private WrapAlgorithm(string name, RSAEncryptionPadding padding) => (Name, _padding) = (name, padding);

    /// <summary><c>CKM_RSA_AES_KEY_WRAP</c>: OAEP with SHA-1, which the PKCS#11 mechanism fixes. The default where a request names none.</summary>
    public static WrapAlgorithm CkmRsaAesKeyWrap { get; } = new("CKM_RSA_AES_KEY_WRAP", RSAEncryptionPadding.OaepSHA1);

    /// <summary><c>RSA_AES_KEY_WRAP_256</c>: OAEP with SHA-256.</summary>
    public static WrapAlgorithm RsaAesKeyWrap256 { get; } = new("RSA_AES_KEY_WRAP_256", RSAEncryptionPadding.OaepSHA256);

    /// <summary><c>RSA_AES_KEY_WRAP_384</c>: OAEP with SHA-384.</summary>
    public static WrapAlgorithm RsaAesKeyWrap384 { get; } = new("RSA_AES_KEY_WRAP_384", RSAEncryptionPadding.OaepSHA384);

    /// <summary>The three.</summary>
    public static IReadOnlyList<WrapAlgorithm> All { get; } = [CkmRsaAesKeyWrap, RsaAesKeyWrap256, RsaAesKeyWrap384];

    /// <summary>The <c>enc</c> value.</summary>
    public string Name { get; }

    /// <summary>The algorithm of this <c>enc</c> value, or null.</summary>
    public static WrapAlgorithm? Find(string name) => All.FirstOrDefault(a => a.Name == name);

    /// <inheritdoc/>
    public override string ToString() => Name;

    /// <summary>Wraps under a fresh key: RSA-OAEP(kek), as long as the modulus, then AES-KWP(secret).</summary>
    internal byte[] Wrap(RSA publicKey, ReadOnlySpan<byte> secret)
    {
        Span<byte> kek = stackalloc byte[KekLength];
        try
        {
            RandomNumberGenerator.Fill(kek);
            return Wrap(publicKey, kek, secret);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(kek);
        }
    }

    internal byte[] Wrap(RSA publicKey, ReadOnlySpan<byte> kek, ReadOnlySpan<byte> secret)
        => [.. publicKey.Encrypt(kek, _padding), .. Rfc5649.Wrap(kek, secret)];

    /// <summary>The secret, or null where the ciphertext was not made for this key with this algorithm. The caller zeroes it.</summary>
    internal byte[]? Unwrap(RSA privateKey, ReadOnlySpan<byte> ciphertext)
    {
        var split = (privateKey.KeySize + 7) / 8;
        // RFC 5649: at least one block of data and the integrity block, in blocks of eight.
        if (ciphertext.Length < split + (2 * WrapBlock) || (ciphertext.Length - split) % WrapBlock != 0) return null;
        byte[]? kek = null;
        try
        {
            kek = privateKey.Decrypt(ciphertext[..split], _padding);
            if (kek.Length != KekLength) return null;
            using var aes = Aes.Create();
            aes.SetKey(kek);
            return aes.DecryptKeyWrapPadded(ciphertext[split..]);
        }
        catch (CryptographicException)
        {
            // OAEP or the integrity check of the key wrap failed. Which of the two is not told, so that nobody learns from it.
            return null;
        }
        finally
        {
            CryptographicOperations.ZeroMemory(kek);
        }
    }
}
