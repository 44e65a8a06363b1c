using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using Cove.Formats.Ciphers;
using X86Aes = System.Runtime.Intrinsics.X86.Aes;

namespace Cove.Volumes.Ciphers;

/// <summary>
/// With the AES instructions of x86 processors, which take the same time whatever key and data are. Eight blocks are under way at once, as one round of
/// one block takes longer than the processor needs to begin seven others; data is read and written once.
/// </summary>
internal sealed class AesInstructionsXts : IXtsEngine
{
    private const int BlockLength = 16;
    private const int Lanes = 8;

    private readonly AesRoundKeys tweaks;
    private readonly AesRoundKeys encryption;
    private readonly AesRoundKeys decryption;

    /// <param name="key">The key of the data, then that of the tweaks.</param>
    public AesInstructionsXts(ReadOnlySpan<byte> key)
    {
        encryption = AesRoundKeys.ForEncryption(key[..(key.Length / 2)]);
        decryption = encryption.ForDecryption();
        tweaks = AesRoundKeys.ForEncryption(key[(key.Length / 2)..]);
    }

    /// <summary>Whether this processor has them.</summary>
    public static bool IsSupported => AesRoundKeys.IsSupported;

    public void Run(ReadOnlySpan<byte> source, Span<byte> result, ulong sector, int sectorSize, bool encrypt)
    {
        var from = MemoryMarshal.Cast<byte, Vector128<byte>>(source);
        var to = MemoryMarshal.Cast<byte, Vector128<byte>>(result)[..from.Length];
        var perSector = sectorSize / BlockLength;
        for (var at = 0; at < from.Length; at += perSector, sector += (ulong)(sectorSize / XtsCipher.SectorUnit))
        {
            var tweak = First(sector, tweaks.Keys);
            if (encrypt) RunSector<AesEncryption>(from.Slice(at, perSector), to.Slice(at, perSector), tweak, encryption.Keys);
            else RunSector<AesDecryption>(from.Slice(at, perSector), to.Slice(at, perSector), tweak, decryption.Keys);
        }
    }

    public void Dispose()
    {
        tweaks.Dispose();
        encryption.Dispose();
        decryption.Dispose();
    }

    private static Vector128<byte> First(ulong sector, ReadOnlySpan<Vector128<byte>> keys) => AesRoundKeys.Encrypt(Vector128.Create(sector, 0).AsByte(), keys);

    /// <summary>The tweak multiplied by x in GF(2^128), least significant byte first (IEEE 1619 section 5.2).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<byte> Next(Vector128<byte> tweak)
    {
        // Of each 32-bit word the carry into the word after it; that of the last comes back reduced.
        var carries = Sse2.ShiftRightArithmetic(Sse2.Shuffle(tweak.AsInt32(), 0b10_01_00_11), 31) & Vector128.Create(0x87, 1, 1, 1);
        return (Sse2.Add(tweak.AsInt32(), tweak.AsInt32()) ^ carries).AsByte();
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void RunSector<TDirection>(ReadOnlySpan<Vector128<byte>> from, Span<Vector128<byte>> to, Vector128<byte> tweak, ReadOnlySpan<Vector128<byte>> keys)
        where TDirection : struct, IAesDirection
    {
        while (from.Length >= Lanes && to.Length >= Lanes)
        {
            var t0 = tweak;
            var t1 = Next(t0);
            var t2 = Next(t1);
            var t3 = Next(t2);
            var t4 = Next(t3);
            var t5 = Next(t4);
            var t6 = Next(t5);
            var t7 = Next(t6);
            tweak = Next(t7);
            var key = keys[0];
            var (b0, b1, b2, b3) = (from[0] ^ t0 ^ key, from[1] ^ t1 ^ key, from[2] ^ t2 ^ key, from[3] ^ t3 ^ key);
            var (b4, b5, b6, b7) = (from[4] ^ t4 ^ key, from[5] ^ t5 ^ key, from[6] ^ t6 ^ key, from[7] ^ t7 ^ key);
            for (var round = 1; round < keys.Length - 1; round++)
            {
                key = keys[round];
                b0 = TDirection.Round(b0, key);
                b1 = TDirection.Round(b1, key);
                b2 = TDirection.Round(b2, key);
                b3 = TDirection.Round(b3, key);
                b4 = TDirection.Round(b4, key);
                b5 = TDirection.Round(b5, key);
                b6 = TDirection.Round(b6, key);
                b7 = TDirection.Round(b7, key);
            }

            // The last round ends with its key, so the tweak may come with that.
            key = keys[^1];
            to[0] = TDirection.LastRound(b0, key ^ t0);
            to[1] = TDirection.LastRound(b1, key ^ t1);
            to[2] = TDirection.LastRound(b2, key ^ t2);
            to[3] = TDirection.LastRound(b3, key ^ t3);
            to[4] = TDirection.LastRound(b4, key ^ t4);
            to[5] = TDirection.LastRound(b5, key ^ t5);
            to[6] = TDirection.LastRound(b6, key ^ t6);
            to[7] = TDirection.LastRound(b7, key ^ t7);
            from = from[Lanes..];
            to = to[Lanes..];
        }
    }
}
