using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using X86Aes = System.Runtime.Intrinsics.X86.Aes;

namespace Cove.Volumes.Ciphers;

/// <summary>The equivalent inverse cipher (FIPS 197 section 5.3.5).</summary>
internal readonly struct AesDecryption : IAesDirection
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> Round(Vector128<byte> block, Vector128<byte> key) => X86Aes.Decrypt(block, key);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> LastRound(Vector128<byte> block, Vector128<byte> key) => X86Aes.DecryptLast(block, key);
}
