using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using System.Security.Cryptography;
using X86Aes = System.Runtime.Intrinsics.X86.Aes;

namespace Cove.Formats.Ciphers;

/// <summary>
/// The round keys of an AES key, expanded by the processor's own instructions, without tables (FIPS 197 section 5.2), for modes that the platform
/// has not or runs block by block. Only where <see cref="IsSupported"/>. Disposing zeroes them.
/// </summary>
public sealed class AesRoundKeys : IDisposable
{
    private const int BlockLength = 16;

    // Pinned, so that the collector leaves no copies behind.
    private readonly byte[] keys;

    private AesRoundKeys(int rounds) => keys = GC.AllocateArray<byte>((rounds + 1) * BlockLength, pinned: true);

    /// <summary>Whether this processor has the instructions.</summary>
    public static bool IsSupported => X86Aes.IsSupported && Sse2.IsSupported;

    /// <summary>From the one that is applied before the first round to that of the last.</summary>
    public ReadOnlySpan<Vector128<byte>> Keys => MemoryMarshal.Cast<byte, Vector128<byte>>(keys);

    private Span<Vector128<byte>> Writable => MemoryMarshal.Cast<byte, Vector128<byte>>(keys.AsSpan());

    /// <summary>Those of the cipher.</summary>
    /// <param name="key">16 or 32 bytes.</param>
    /// <exception cref="ArgumentException">It has another length.</exception>
    public static AesRoundKeys ForEncryption(ReadOnlySpan<byte> key)
    {
        if (key.Length is not (16 or 32)) throw new ArgumentException($"a key of {key.Length} bytes is not expanded, only one of 16 or 32", nameof(key));
        var words = key.Length / BlockLength;
        var expanded = new AesRoundKeys(rounds: (4 * words) + 6);
        var keys = expanded.Writable;
        for (var i = 0; i < words; i++) keys[i] = Vector128.Create(key.Slice(i * BlockLength, BlockLength));
        var constant = 1u;
        for (var i = words; i < keys.Length; i++)
        {
            // Of its last word: the third word of the answer is substituted, the fourth is rotated as well.
            var last = X86Aes.KeygenAssist(keys[i - 1], 0).AsUInt32();
            if (i % words == 0)
            {
                keys[i] = Chain(keys[i - words]) ^ (Sse2.Shuffle(last, 0xff) ^ Vector128.Create(constant)).AsByte();
                constant = (constant << 1) ^ ((constant >> 7) * 0x11b);
            }
            else
            {
                keys[i] = Chain(keys[i - words]) ^ Sse2.Shuffle(last, 0xaa).AsByte();
            }
        }

        return expanded;
    }

    /// <summary>Those of the equivalent inverse cipher (FIPS 197 section 5.3.5).</summary>
    public AesRoundKeys ForDecryption()
    {
        var inverse = new AesRoundKeys((keys.Length / BlockLength) - 1);
        var from = Keys;
        var to = inverse.Writable;
        for (var i = 0; i < to.Length; i++)
        {
            var key = from[to.Length - 1 - i];
            to[i] = i == 0 || i == to.Length - 1 ? key : X86Aes.InverseMixColumns(key);
        }

        return inverse;
    }

    /// <summary>One block through the cipher (FIPS 197 section 5.1), with the round keys of <see cref="ForEncryption"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> Encrypt(Vector128<byte> block, ReadOnlySpan<Vector128<byte>> keys)
    {
        block ^= keys[0];
        for (var round = 1; round < keys.Length - 1; round++) block = X86Aes.Encrypt(block, keys[round]);
        return X86Aes.EncryptLast(block, keys[^1]);
    }

    /// <summary>Zeroes them.</summary>
    public void Dispose() => CryptographicOperations.ZeroMemory(keys);

    /// <summary>Each word, combined with all before it.</summary>
    private static Vector128<byte> Chain(Vector128<byte> key)
    {
        key ^= Sse2.ShiftLeftLogical128BitLane(key, 4);
        return key ^ Sse2.ShiftLeftLogical128BitLane(key, 8);
    }
}
