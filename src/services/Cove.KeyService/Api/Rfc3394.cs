using System.Buffers.Binary;
using System.Security.Cryptography;

namespace Cove.KeyService.Api;

/// <summary>AES key wrap without padding (RFC 3394): the platform has only the padded variant of RFC 5649.</summary>
internal static class Rfc3394
{
    private const int Half = 8;
    private const int Rounds = 6;
    private const ulong InitialValue = 0xA6A6A6A6A6A6A6A6;

    public static byte[] Wrap(Aes aes, ReadOnlySpan<byte> plaintext)
    {
        if (plaintext.Length < 2 * Half || plaintext.Length % Half != 0)
            throw KeyErrors.BadParameter($"value is {plaintext.Length} bytes, expected at least 16 in steps of 8.");
        var n = plaintext.Length / Half;
        var result = new byte[plaintext.Length + Half];
        plaintext.CopyTo(result.AsSpan(Half));
        var a = InitialValue;
        Span<byte> block = stackalloc byte[2 * Half];
        for (var round = 0; round < Rounds; round++)
        {
            for (var i = 1; i <= n; i++)
            {
                BinaryPrimitives.WriteUInt64BigEndian(block, a);
                result.AsSpan(i * Half, Half).CopyTo(block[Half..]);
                aes.EncryptEcb(block, block, PaddingMode.None);
                a = BinaryPrimitives.ReadUInt64BigEndian(block) ^ (ulong)((n * round) + i);
                block[Half..].CopyTo(result.AsSpan(i * Half));
            }
        }

        BinaryPrimitives.WriteUInt64BigEndian(result, a);
        return result;
    }

    /// <summary>The plaintext, or null where the integrity check fails.</summary>
    public static byte[]? Unwrap(Aes aes, ReadOnlySpan<byte> ciphertext)
    {
        if (ciphertext.Length < 3 * Half || ciphertext.Length % Half != 0) return null;
        var n = (ciphertext.Length / Half) - 1;
        var result = ciphertext[Half..].ToArray();
        var a = BinaryPrimitives.ReadUInt64BigEndian(ciphertext);
        Span<byte> block = stackalloc byte[2 * Half];
        for (var round = Rounds - 1; round >= 0; round--)
        {
            for (var i = n; i >= 1; i--)
            {
                BinaryPrimitives.WriteUInt64BigEndian(block, a ^ (ulong)((n * round) + i));
                result.AsSpan((i - 1) * Half, Half).CopyTo(block[Half..]);
                aes.DecryptEcb(block, block, PaddingMode.None);
                a = BinaryPrimitives.ReadUInt64BigEndian(block);
                block[Half..].CopyTo(result.AsSpan((i - 1) * Half));
            }
        }

        if (a == InitialValue) return result;
        CryptographicOperations.ZeroMemory(result);
        return null;
    }
}
