using System.Security.Cryptography;

namespace Cove.Volumes.Stores;

/// <summary>
/// Which blocks are in memory, in the order of their last use. A block that was read to the end is the first to leave, as whoever reads a file system keeps what it
/// has read: reading one large file then neither drives out the rest, nor more memory than stays in the processor's caches.
/// </summary>
internal sealed class BlockTable(BlockCacheOptions options, long length, IBlockCoding coding) : IDisposable
{
    private readonly Lock gate = new();
    private readonly Dictionary<long, LinkedListNode<CacheBlock>> blocks = [];
    private readonly LinkedList<CacheBlock> byUse = [];
    private readonly HashSet<long> ahead = [];
    private readonly Stack<byte[]> spare = [];
    private TaskCompletionSource? released;
    private bool disposed;

    public int LengthOf(long index) => (int)Math.Min(options.BlockBytes, length - (index * options.BlockBytes));

    /// <summary>Takes a block into use, which is there afterwards, loaded or not.</summary>
    /// <param name="index">Which.</param>
    /// <param name="block">The block, where there is room for it.</param>
    /// <param name="leaving">Else the one that has to leave first, in use by the caller; null where all are in use.</param>
    public bool TryTake(long index, out CacheBlock? block, out CacheBlock? leaving)
    {
        lock (gate)
        {
            ObjectDisposedException.ThrowIf(disposed, this);
            (block, leaving) = (null, null);
            if (blocks.TryGetValue(index, out var node))
            {
                byUse.Remove(node);
                byUse.AddFirst(node);
            }
            else if (blocks.Count < options.Blocks)
            {
                node = Add(index);
            }
            else
            {
                leaving = Oldest();
                if (leaving is not { } oldest) return false;
                if (oldest.HasWrites())
                {
                    oldest.Users++;
                    return false;
                }

                Remove(oldest);
                leaving = null;
                node = Add(index);
            }

            block = node.Value;
            block.Users++;
            return true;
        }
    }

    public void Release(CacheBlock block)
    {
        TaskCompletionSource? waiting;
        lock (gate)
        {
            block.Users--;
            if (block.Users > 0) return;
            if (block.TakeReadWhole() && !block.HasWrites()) LeavesFirst(block);
            (waiting, released) = (released, null);
        }

        waiting?.SetResult();
    }

    /// <summary>Ends the use of a block that was to leave; it does, unless somebody took it or wrote to it meanwhile.</summary>
    public void Leave(CacheBlock block)
    {
        lock (gate)
        {
            if (block.Users == 1 && !block.HasWrites() && !disposed) Remove(block);
        }

        Release(block);
    }

    public Task WaitForReleaseAsync(CancellationToken cancellation)
    {
        lock (gate)
        {
            if (Oldest() is not null) return Task.CompletedTask;
            released ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            return released.Task.WaitAsync(cancellation);
        }
    }

    public bool Holds(long index)
    {
        lock (gate) return disposed || blocks.ContainsKey(index);
    }

    /// <summary>Whether the block is not being fetched ahead already, and there is room to do so.</summary>
    public bool BeginAhead(long index)
    {
        lock (gate) return ahead.Count < options.ReadAhead && ahead.Add(index);
    }

    public void EndAhead(long index)
    {
        lock (gate) ahead.Remove(index);
    }

    /// <summary>The blocks with writes, in order.</summary>
    public IReadOnlyList<long> Dirty()
    {
        lock (gate) return [.. byUse.Where(block => block.HasWrites()).Select(block => block.Index).Order()];
    }

    public void Dispose()
    {
        lock (gate)
        {
            disposed = true;
            foreach (var block in byUse) CryptographicOperations.ZeroMemory(block.Data);
            foreach (var data in spare) CryptographicOperations.ZeroMemory(data);
            blocks.Clear();
            byUse.Clear();
            spare.Clear();
        }
    }

    private CacheBlock? Oldest()
    {
        for (var node = byUse.Last; node is not null; node = node.Previous)
        {
            if (node.Value.Users == 0) return node.Value;
        }

        return null;
    }

    private void LeavesFirst(CacheBlock block)
    {
        if (!blocks.TryGetValue(block.Index, out var node) || node.Value != block) return;
        byUse.Remove(node);
        byUse.AddLast(node);
    }

    private LinkedListNode<CacheBlock> Add(long index)
    {
        // Pinned, so that the collector leaves no copies of plain data behind.
        if (!spare.TryPop(out var data)) data = GC.AllocateUninitializedArray<byte>(options.BlockBytes, pinned: true);
        var node = byUse.AddFirst(new CacheBlock(index, data, LengthOf(index), options, coding));
        blocks.Add(index, node);
        return node;
    }

    private void Remove(CacheBlock block)
    {
        if (!blocks.Remove(block.Index, out var node)) return;
        byUse.Remove(node);
        spare.Push(block.Data);
    }
}
