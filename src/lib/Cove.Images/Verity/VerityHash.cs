using System.Security.Cryptography;

namespace Cove.Images.Verity;

/// <summary>SHA-256 over 32 zero bytes of salt followed by a 4096-byte block: the only hash of a layer's tree.</summary>
internal static class VerityHash
{
    public const int BlockSize = 4096;
    public const int DigestSize = SHA256.HashSizeInBytes;
    public const int SaltSize = 32;
    public const int DigestsPerBlock = BlockSize / DigestSize;

    private static readonly byte[] ZeroBlockDigest = SHA256.HashData(new byte[SaltSize + BlockSize]);

    /// <summary>The digests of 128 blocks of zeros, with room for the salt in front.</summary>
    public static readonly byte[] ZeroGroupDigests = RepeatZeroBlock();

    /// <summary>The hash of <see cref="ZeroGroupDigests"/>.</summary>
    public static readonly byte[] ZeroGroupHash = SHA256.HashData(ZeroGroupDigests);

    /// <summary>A buffer for one block with the salt in front of it, ready to be hashed in one call.</summary>
    public static byte[] NewSaltedBlock() => new byte[SaltSize + BlockSize];

    /// <summary>Hashes each of the blocks that lie behind <see cref="SaltSize"/> bytes of headroom. The data is as before afterwards.</summary>
    /// <remarks>
    /// One contiguous call costs less than feeding salt and block separately, and copying each block behind a salt costs a pass over
    /// the data. So the 32 bytes in front of a block, which belong to the block just hashed, are borrowed for the salt and put back.
    /// </remarks>
    public static void HashBlocks(Span<byte> headroomAndData, int blocks, Span<byte> digests)
    {
        Span<byte> borrowed = stackalloc byte[SaltSize];
        for (var i = 0; i < blocks; i++)
        {
            var salted = headroomAndData.Slice(i * BlockSize, SaltSize + BlockSize);
            var digest = digests.Slice(i * DigestSize, DigestSize);
            if (!salted[SaltSize..].ContainsAnyExcept((byte)0))
            {
                ZeroBlockDigest.CopyTo(digest);
                continue;
            }

            var salt = salted[..SaltSize];
            salt.CopyTo(borrowed);
            salt.Clear();
            SHA256.HashData(salted, digest);
            borrowed.CopyTo(salt);
        }
    }

    private static byte[] RepeatZeroBlock()
    {
        var digests = NewSaltedBlock();
        for (var i = 0; i < DigestsPerBlock; i++) ZeroBlockDigest.CopyTo(digests, SaltSize + (i * DigestSize));
        return digests;
    }
}
