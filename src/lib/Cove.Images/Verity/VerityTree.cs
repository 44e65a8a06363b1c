using System.Security.Cryptography;
using static Cove.Images.Verity.VerityHash;

namespace Cove.Images.Verity;

/// <summary>
/// The hash tree, built bottom-up in one pass with one open block a level. Leaf blocks (128 digests of data blocks each) arrive in
/// order. A leaf block may be kept open: its digests can be replaced until <see cref="Finish"/>, and then only the path above it is
/// hashed again. That is how the superblock and the group descriptors, which come first and are known last, fit into one pass.
/// </summary>
internal sealed class VerityTree
{
    private sealed class Level
    {
        public readonly byte[] Open = NewSaltedBlock();
        public readonly Dictionary<long, byte[]> Kept = [];
        public int Filled;
        public bool KeepOpen;
        public long Sealed;
    }

    private readonly Dictionary<long, byte[]> keptLeaves = [];
    private readonly List<Level> levels = [];
    private long leaves;
    private byte[] firstLeafHash = [];

    /// <summary>Adds the next leaf block, zero-padded after its last digest, behind room for the salt; and its hash.</summary>
    public void Append(ReadOnlySpan<byte> saltedDigests, ReadOnlySpan<byte> hash, bool keep)
    {
        if (keep) keptLeaves.Add(leaves, saltedDigests.ToArray());
        if (leaves++ == 0) firstLeafHash = hash.ToArray();
        Push(0, hash, keep);
    }

    /// <summary>Replaces digests in a leaf block that was kept.</summary>
    public void Replace(long leaf, int firstDigest, ReadOnlySpan<byte> digests) =>
        digests.CopyTo(keptLeaves[leaf].AsSpan(SaltSize + (firstDigest * DigestSize)));

    /// <summary>Closes every level and yields the root.</summary>
    public RootHash Finish()
    {
        if (leaves == 0) throw new InvalidOperationException("a tree has at least one leaf block");
        var changed = keptLeaves.ToDictionary(kept => kept.Key, kept => SHA256.HashData(kept.Value));
        if (leaves == 1) return new RootHash(changed.GetValueOrDefault(0) ?? firstLeafHash);
        for (var depth = 0; ; depth++)
        {
            var level = levels[depth];
            if (level.Filled > 0) Seal(depth);
            changed = Apply(level, changed);
            if (level.Sealed == 1)
                return new RootHash(changed.TryGetValue(0, out var top) ? top : levels[depth + 1].Open.AsSpan(SaltSize, DigestSize));
        }
    }

    private static Dictionary<long, byte[]> Apply(Level level, Dictionary<long, byte[]> changed)
    {
        foreach (var (index, hash) in changed)
            hash.CopyTo(level.Kept[index / DigestsPerBlock], SaltSize + ((int)(index % DigestsPerBlock) * DigestSize));
        return level.Kept.ToDictionary(kept => kept.Key, kept => SHA256.HashData(kept.Value));
    }

    private void Push(int depth, ReadOnlySpan<byte> hash, bool keep)
    {
        if (depth == levels.Count) levels.Add(new Level());
        var level = levels[depth];
        hash.CopyTo(level.Open.AsSpan(SaltSize + (level.Filled * DigestSize)));
        level.KeepOpen |= keep;
        if (++level.Filled == DigestsPerBlock) Seal(depth);
    }

    private void Seal(int depth)
    {
        var level = levels[depth];
        Span<byte> hash = stackalloc byte[DigestSize];
        SHA256.HashData(level.Open, hash);
        var keep = level.KeepOpen;
        if (keep) level.Kept.Add(level.Sealed, [.. level.Open]);
        level.Sealed++;
        level.Filled = 0;
        level.KeepOpen = false;
        level.Open.AsSpan(SaltSize).Clear();
        Push(depth + 1, hash, keep);
    }
}
