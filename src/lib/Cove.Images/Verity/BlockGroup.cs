using System.Security.Cryptography;
using static Cove.Images.Verity.VerityHash;

namespace Cove.Images.Verity;

/// <summary>128 consecutive blocks of an image (512 KiB): as many as one leaf block of the tree covers. Reused from group to group.</summary>
internal sealed class BlockGroup
{
    public const int Size = DigestsPerBlock * BlockSize;

    private readonly byte[] data = new byte[SaltSize + Size];
    private readonly byte[] digests = NewSaltedBlock();
    private readonly byte[] hash = new byte[DigestSize];
    private bool zeros;

    /// <summary>Bytes filled so far.</summary>
    public int Length { get; private set; }

    /// <summary>Some block of this group may still change after it was hashed.</summary>
    public bool Keep { get; set; }

    /// <summary>Nothing but zeros: known only after <see cref="Hash"/>.</summary>
    public bool IsZero => zeros;

    /// <summary>The bytes filled so far.</summary>
    public Span<byte> Data => data.AsSpan(SaltSize, Length);

    /// <summary>Room for more.</summary>
    public Span<byte> Free => data.AsSpan(SaltSize + Length);

    /// <summary>The digests of the blocks, behind room for the salt and zero-padded.</summary>
    public ReadOnlySpan<byte> Digests => zeros && Length == Size ? ZeroGroupDigests : digests;

    /// <summary>The hash of <see cref="Digests"/>.</summary>
    public ReadOnlySpan<byte> LeafHash => hash;

    public void Advance(int count) => Length += count;

    /// <summary>Marks the whole group as zeros without filling it.</summary>
    public void FillWithZeros()
    {
        zeros = true;
        Length = Size;
    }

    public void Reset()
    {
        Length = 0;
        Keep = zeros = false;
    }

    /// <summary>Hashes again, after the data was changed in place.</summary>
    public void Rehash()
    {
        zeros = false;
        Hash();
    }

    /// <summary>Hashes the blocks and the leaf block that their digests make. The length is a multiple of the block size.</summary>
    public void Hash()
    {
        zeros = zeros || !Data.ContainsAnyExcept((byte)0);
        if (zeros && Length == Size)
        {
            ZeroGroupHash.CopyTo(hash, 0);
            return;
        }

        var blocks = Length / BlockSize;
        HashBlocks(data, blocks, digests.AsSpan(SaltSize));
        digests.AsSpan(SaltSize + (blocks * DigestSize)).Clear();
        SHA256.HashData(digests, hash);
    }
}
