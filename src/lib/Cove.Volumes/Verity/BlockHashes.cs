using System.Security.Cryptography;
using Cove.Outcomes;

namespace Cove.Volumes.Verity;

/// <summary>The only hash of these trees: SHA-256 over 32 zero bytes of salt and a block.</summary>
internal static class BlockHashes
{
    private const int SaltBytes = 32;

    /// <summary>Compares whole blocks with their digests.</summary>
    /// <param name="blocks">Whole blocks.</param>
    /// <param name="digests">At least one for each block.</param>
    /// <param name="name">What to call a block that differs, by its number among these.</param>
    /// <returns>The first that differs; null where none does.</returns>
    public static Finding? Differing(ReadOnlySpan<byte> blocks, ReadOnlySpan<byte> digests, Func<int, string> name)
    {
        Span<byte> salted = stackalloc byte[SaltBytes + VolumeVerity.BlockBytes];
        Span<byte> digest = stackalloc byte[VolumeVerity.RootBytes];
        salted[..SaltBytes].Clear();
        Finding? differing = null;
        for (var i = 0; differing is null && i < blocks.Length / VolumeVerity.BlockBytes; i++)
        {
            blocks.Slice(i * VolumeVerity.BlockBytes, VolumeVerity.BlockBytes).CopyTo(salted[SaltBytes..]);
            SHA256.HashData(salted, digest);
            var expected = digests.Slice(i * VolumeVerity.RootBytes, VolumeVerity.RootBytes);
            if (!digest.SequenceEqual(expected)) differing = AlteredVolumeException.Of(name(i), expected, digest);
        }

        CryptographicOperations.ZeroMemory(salted);
        return differing;
    }
}
