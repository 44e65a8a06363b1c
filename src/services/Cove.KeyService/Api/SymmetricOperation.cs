using System.Security.Cryptography;

namespace Cove.KeyService.Api;

/// <summary>Encryption and wrapping with an AES key.</summary>
internal static class SymmetricOperation
{
    private const int BlockLength = 16;
    private const int NonceLength = 12;
    private const int TagLength = 16;

    public static CryptoResult Encrypt(SymmetricMode mode, ReadOnlySpan<byte> key, byte[] plaintext, byte[]? iv, byte[]? additionalData)
    {
        if (mode == SymmetricMode.Gcm)
        {
            // A nonce used twice gives the key away, so it is always made here.
            if (iv is not null) throw KeyErrors.BadParameter("iv is chosen by the service for GCM.");
            var nonce = RandomNumberGenerator.GetBytes(NonceLength);
            var (ciphertext, tag) = (new byte[plaintext.Length], new byte[TagLength]);
            using var gcm = new AesGcm(key, TagLength);
            gcm.Encrypt(nonce, plaintext, ciphertext, tag, additionalData);
            return new(ciphertext, nonce, tag, additionalData);
        }

        using var aes = Create(key);
        switch (mode)
        {
            case SymmetricMode.KeyWrap:
                return new(Rfc3394.Wrap(aes, plaintext));
            case SymmetricMode.KeyWrapPadded:
                return new(aes.EncryptKeyWrapPadded(plaintext));
            default:
                var start = iv ?? RandomNumberGenerator.GetBytes(BlockLength);
                if (start.Length != BlockLength) throw KeyErrors.BadParameter($"iv is {start.Length} bytes, expected {BlockLength}.");
                if (mode == SymmetricMode.Cbc && plaintext.Length % BlockLength != 0)
                    throw KeyErrors.BadParameter($"value is {plaintext.Length} bytes, expected whole blocks of {BlockLength}; use CBCPAD.");
                return new(aes.EncryptCbc(plaintext, start, Padding(mode)), start);
        }
    }

    /// <summary>The plaintext, or null where the ciphertext, tag or additional data do not belong together.</summary>
    public static byte[]? Decrypt(SymmetricMode mode, ReadOnlySpan<byte> key, byte[] ciphertext, byte[]? iv, byte[]? tag, byte[]? additionalData)
    {
        try
        {
            if (mode == SymmetricMode.Gcm)
            {
                if (iv?.Length != NonceLength || tag?.Length != TagLength)
                    throw KeyErrors.BadParameter($"iv of {NonceLength} bytes and tag of {TagLength} bytes are required.");
                var plaintext = new byte[ciphertext.Length];
                using var gcm = new AesGcm(key, TagLength);
                gcm.Decrypt(iv, ciphertext, tag, plaintext, additionalData);
                return plaintext;
            }

            using var aes = Create(key);
            switch (mode)
            {
                case SymmetricMode.KeyWrap:
                    return Rfc3394.Unwrap(aes, ciphertext);
                case SymmetricMode.KeyWrapPadded:
                    return aes.DecryptKeyWrapPadded(ciphertext);
                default:
                    if (iv?.Length != BlockLength) throw KeyErrors.BadParameter($"iv of {BlockLength} bytes is required.");
                    return aes.DecryptCbc(ciphertext, iv, Padding(mode));
            }
        }
        catch (CryptographicException)
        {
            return null;
        }
    }

    private static Aes Create(ReadOnlySpan<byte> key)
    {
        var aes = Aes.Create();
        aes.SetKey(key);
        return aes;
    }

    private static PaddingMode Padding(SymmetricMode mode) => mode == SymmetricMode.CbcPadded ? PaddingMode.PKCS7 : PaddingMode.None;
}
