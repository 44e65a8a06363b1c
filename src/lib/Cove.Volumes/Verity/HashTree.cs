using Cove.Outcomes;
using Cove.Volumes.Stores;

namespace Cove.Volumes.Verity;

/// <summary>
/// A dm-verity tree whose upper levels were checked against the root when it was opened. Of the lowest, which is 1/128 of the data, groups are fetched, checked and
/// held as they are needed.
/// </summary>
internal sealed class HashTree : IDisposable
{
    /// <summary>Blocks of the lowest level that are fetched at once: the digests of 32 MiB of data.</summary>
    private const int GroupBlocks = 64;

    private const int GroupsHeld = 16;

    private readonly IVolumeStore store;
    private readonly TreeShape shape;
    private readonly byte[] leafDigests;
    private readonly SemaphoreSlim turn = new(1, 1);
    private readonly Dictionary<long, byte[]> groups = [];
    private readonly Queue<long> order = [];

    private HashTree(IVolumeStore store, TreeShape shape, byte[] leafDigests) => (this.store, this.shape, this.leafDigests) = (store, shape, leafDigests);

    /// <summary>Reads all levels but the lowest, each checked against the one above it and the first against the root.</summary>
    public static async Task<Verdict<HashTree>> ReadAsync(IVolumeStore store, VolumeVerity verity, CancellationToken cancellation)
    {
        var shape = new TreeShape(verity.DataBlocks);
        var (expected, actual) = (shape.TotalBlocks * VolumeVerity.BlockBytes, store.Length);
        if (expected != actual)
            return new Finding(AlteredVolumeException.Code, "length", $"{expected} bytes of data and hash tree", $"{actual}", "dm-verity, hash tree");
        var digests = verity.RootHash.ToArray();
        for (var level = shape.Levels - 1; level > 0; level--)
        {
            var content = new byte[shape.Count(level) * VolumeVerity.BlockBytes];
            await store.ReadAsync(shape.Offset(level), content, cancellation);
            var named = level;
            if (BlockHashes.Differing(content, digests, block => $"hash tree, level {named}, block {block}") is { } differing) return differing;
            digests = content;
        }

        return new HashTree(store, shape, digests);
    }

    /// <summary>Compares whole blocks of data with the tree.</summary>
    /// <exception cref="AlteredVolumeException">One is not what the root hash stands for, or the tree is not.</exception>
    /// <exception cref="UnavailableException">The tree cannot be read now.</exception>
    public async ValueTask CheckAsync(long firstBlock, ReadOnlyMemory<byte> blocks, CancellationToken cancellation)
    {
        const int PerGroup = GroupBlocks * TreeShape.Fanout;
        while (blocks.Length > 0)
        {
            var (group, at) = Math.DivRem(firstBlock, PerGroup);
            var count = (int)Math.Min(PerGroup - at, blocks.Length / VolumeVerity.BlockBytes);
            var digests = await GroupAsync(group, cancellation);
            var first = firstBlock;
            if (BlockHashes.Differing(blocks.Span[..(count * VolumeVerity.BlockBytes)], digests.AsSpan((int)at * VolumeVerity.RootBytes), block => $"block {first + block}") is { } differing)
                throw new AlteredVolumeException(differing);
            firstBlock += count;
            blocks = blocks[(count * VolumeVerity.BlockBytes)..];
        }
    }

    public void Dispose() => turn.Dispose();

    private async ValueTask<byte[]> GroupAsync(long group, CancellationToken cancellation)
    {
        await turn.WaitAsync(cancellation);
        try
        {
            if (groups.TryGetValue(group, out var held)) return held;
            var first = group * GroupBlocks;
            var content = new byte[Math.Min(GroupBlocks, shape.Count(0) - first) * VolumeVerity.BlockBytes];
            await store.ReadAsync(shape.Offset(0) + (first * VolumeVerity.BlockBytes), content, cancellation);
            if (BlockHashes.Differing(content, leafDigests.AsSpan((int)first * VolumeVerity.RootBytes), block => $"hash tree, level 0, block {first + block}") is { } differing)
                throw new AlteredVolumeException(differing);
            if (order.Count == GroupsHeld) groups.Remove(order.Dequeue());
            order.Enqueue(group);
            groups.Add(group, content);
            return content;
        }
        finally
        {
            turn.Release();
        }
    }
}
