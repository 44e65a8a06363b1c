using System.Security.Cryptography;
using static Cove.Images.Verity.VerityHash;

namespace Cove.Images.Verity;

/// <summary>
/// Takes an image's bytes front to back, hashes groups of blocks on all processors, and optionally writes the image. At most a few
/// groups are in memory. Blocks that may change later are announced with <see cref="KeepBlock"/> before they are passed.
/// </summary>
internal sealed class BlockPipeline(Stream? output, bool holdFirst, CancellationToken cancellation)
{
    private readonly int inFlight = Math.Clamp(Environment.ProcessorCount, 1, 8) + 1;
    private readonly Queue<(Task Hashing, BlockGroup Group)> queue = new();
    private readonly Stack<BlockGroup> free = new();
    private readonly VerityTree tree = new();
    private readonly SortedDictionary<long, byte[]> rewritten = [];
    private readonly bool sparse = output is { CanSeek: true };
    private BlockGroup current = new();
    private BlockGroup? first;
    private long groups;

    /// <summary>Bytes taken so far.</summary>
    public long Position => (groups * BlockGroup.Size) + current.Length;

    /// <summary>Where the next bytes go: never empty. Follow with <see cref="Advance"/>.</summary>
    public Span<byte> Free => current.Free;

    public void Advance(int count)
    {
        current.Advance(count);
        if (current.Length == BlockGroup.Size) Submit();
    }

    public void Write(scoped ReadOnlySpan<byte> bytes)
    {
        while (!bytes.IsEmpty)
        {
            var count = Math.Min(bytes.Length, Free.Length);
            bytes[..count].CopyTo(Free);
            Advance(count);
            bytes = bytes[count..];
        }
    }

    public void WriteZeros(long count)
    {
        while (count > 0)
        {
            if (current.Length == 0 && count >= BlockGroup.Size)
            {
                current.FillWithZeros();
                Submit();
                count -= BlockGroup.Size;
                continue;
            }

            var part = (int)Math.Min(count, Free.Length);
            Free[..part].Clear();
            Advance(part);
            count -= part;
        }
    }

    /// <summary>Says that the block which comes next may be rewritten.</summary>
    public void KeepBlock() => current.Keep = true;

    /// <summary>Replaces a block that was announced. Takes effect when the image is finished.</summary>
    public void Rewrite(long block, byte[] content) => rewritten[block] = content;

    /// <summary>Pads nothing: the image ends here, at a block's end. Writes the head of the image over its beginning.</summary>
    public RootHash Finish(ReadOnlySpan<byte> head)
    {
        var length = Position;
        if (current.Length > 0) Submit();
        while (queue.Count > 0) Complete();
        if (first is not null) FinishFirst(head);
        foreach (var (block, content) in rewritten) Replace(block, content);
        if (sparse)
        {
            output!.SetLength(length);
            output.Position = length;
        }

        return tree.Finish();
    }

    private void Submit()
    {
        cancellation.ThrowIfCancellationRequested();
        var group = current;
        if (groups++ == 0 && holdFirst)
        {
            // The tree learns the group's real digests in the end; until then its place is taken.
            first = group;
            tree.Append(ZeroGroupDigests, ZeroGroupHash, keep: true);
            if (sparse) output!.Position = BlockGroup.Size;
        }
        else
        {
            if (queue.Count == inFlight) Complete();
            queue.Enqueue((Task.Run(group.Hash, CancellationToken.None), group));
        }

        current = free.TryPop(out var recycled) ? recycled : new BlockGroup();
        current.Reset();
    }

    private void Complete()
    {
        var (hashing, group) = queue.Dequeue();
        hashing.GetAwaiter().GetResult();
        tree.Append(group.Digests, group.LeafHash, group.Keep);
        if (output is not null) WriteOut(group);
        free.Push(group);
    }

    private void WriteOut(BlockGroup group)
    {
        if (!group.IsZero)
        {
            output!.Write(group.Data);
            return;
        }

        if (sparse)
        {
            output!.Seek(group.Length, SeekOrigin.Current);
            return;
        }

        // A group marked as zeros was never filled, so its buffer may hold an earlier one's data.
        group.Data.Clear();
        output!.Write(group.Data);
    }

    private void FinishFirst(ReadOnlySpan<byte> head)
    {
        if (first!.IsZero) first.Data.Clear();
        head.CopyTo(first.Data);
        foreach (var (block, content) in rewritten.Where(r => r.Key < DigestsPerBlock).ToList())
        {
            content.CopyTo(first.Data[((int)block * BlockSize)..]);
            rewritten.Remove(block);
        }

        first.Rehash();
        tree.Replace(0, 0, first.Digests[SaltSize..]);
        if (output is null) return;
        output.Position = 0;
        output.Write(first.Data);
    }

    private void Replace(long block, byte[] content)
    {
        var salted = NewSaltedBlock();
        content.CopyTo(salted, SaltSize);
        tree.Replace(block / DigestsPerBlock, (int)(block % DigestsPerBlock), SHA256.HashData(salted));
        if (output is null) return;
        output.Position = block * BlockSize;
        output.Write(content);
    }
}
