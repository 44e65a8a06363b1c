using System.Buffers.Binary;
using System.Runtime.Intrinsics;
using System.Security.Cryptography;
using Cove.Formats.Ciphers;

namespace Cove.Keys.Wrapping;

/// <summary>
/// AES key wrap with padding (RFC 5649), the wrapping direction. The platform has it too, and calls a cipher for each of the thousand blocks of an
/// RSA key, one after another; with the processor's own instructions they take a tenth of the time. Unwrapping is the platform's.
/// </summary>
internal static class Rfc5649
{
    private const int Half = 8;
    private const int Block = 16;
    private const int Rounds = 6;
    private const uint AlternativeInitialValue = 0xA65959A6;

    /// <param name="kek">The key-encrypting key, 32 bytes.</param>
    /// <param name="secret">At least one byte.</param>
    /// <returns>The integrity block and the secret, padded to whole halves.</returns>
    public static byte[] Wrap(ReadOnlySpan<byte> kek, ReadOnlySpan<byte> secret) => AesRoundKeys.IsSupported ? WrapByInstructions(kek, secret) : WrapByPlatform(kek, secret);

    /// <summary>As <see cref="Wrap"/>, where the processor has the instructions.</summary>
    internal static byte[] WrapByInstructions(ReadOnlySpan<byte> kek, ReadOnlySpan<byte> secret)
    {
        var result = Prepare(secret);
        var n = (ulong)(result.Length / Half) - 1;
        using var expanded = AesRoundKeys.ForEncryption(kek);
        var keys = expanded.Keys;
        if (n == 1)
        {
            AesRoundKeys.Encrypt(Vector128.Create(result), keys).CopyTo(result);
            return result;
        }

        var integrity = BinaryPrimitives.ReadUInt64LittleEndian(result);
        var step = 0UL;
        for (var round = 0; round < Rounds; round++)
        {
            for (var at = result.AsSpan(Half); !at.IsEmpty; at = at[Half..])
            {
                var block = AesRoundKeys.Encrypt(Vector128.Create(integrity, BinaryPrimitives.ReadUInt64LittleEndian(at)).AsByte(), keys).AsUInt64();
                // The step counts in big-endian, the registers are little-endian.
                integrity = block.GetElement(0) ^ BinaryPrimitives.ReverseEndianness(++step);
                BinaryPrimitives.WriteUInt64LittleEndian(at, block.GetElement(1));
            }
        }

        BinaryPrimitives.WriteUInt64LittleEndian(result, integrity);
        return result;
    }

    /// <summary>As <see cref="Wrap"/>, on any processor.</summary>
    internal static byte[] WrapByPlatform(ReadOnlySpan<byte> kek, ReadOnlySpan<byte> secret)
    {
        using var aes = Aes.Create();
        aes.SetKey(kek);
        return aes.EncryptKeyWrapPadded(secret);
    }

    private static byte[] Prepare(ReadOnlySpan<byte> secret)
    {
        var result = new byte[Block + ((secret.Length - 1) / Half * Half)];
        BinaryPrimitives.WriteUInt32BigEndian(result, AlternativeInitialValue);
        BinaryPrimitives.WriteInt32BigEndian(result.AsSpan(4), secret.Length);
        secret.CopyTo(result.AsSpan(Half));
        return result;
    }
}
