using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using System.Security.Cryptography;
using X86Aes = System.Runtime.Intrinsics.X86.Aes;

namespace Cove.Volumes.Ciphers;

/// <summary>The round keys of an AES key, expanded by the processor's own instructions, without tables (FIPS 197 section 5.2). Disposing zeroes them.</summary>
internal sealed class AesRoundKeys : IDisposable
{
    private const int BlockLength = 16;

    // Pinned, so that the collector leaves no copies behind.
    private readonly byte[] keys;

    private AesRoundKeys(int rounds) => keys = GC.AllocateArray<byte>((rounds + 1) * BlockLength, pinned: true);

    /// <summary>From the one that is applied before the first round to that of the last.</summary>
    public ReadOnlySpan<Vector128<byte>> Keys => MemoryMarshal.Cast<byte, Vector128<byte>>(keys);

    private Span<Vector128<byte>> Writable => MemoryMarshal.Cast<byte, Vector128<byte>>(keys.AsSpan());

    /// <param name="key">16 or 32 bytes.</param>
    public static AesRoundKeys ForEncryption(ReadOnlySpan<byte> key)
    {
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

    public void Dispose() => CryptographicOperations.ZeroMemory(keys);

    /// <summary>Each word, combined with all before it.</summary>
    private static Vector128<byte> Chain(Vector128<byte> key)
    {
        key ^= Sse2.ShiftLeftLogical128BitLane(key, 4);
        return key ^ Sse2.ShiftLeftLogical128BitLane(key, 8);
    }
}
