using Cove.Outcomes;
using Cove.Volumes.Verity;

namespace Cove.Volumes.Stores;

/// <summary>
/// Makes a store of whole sectors readable and writable at any place, and holds what was used last. Writes stay here until a flush, or until room is needed;
/// only sectors that were written go back.
/// Of an encrypted volume it holds the sectors encrypted. Sequential reading of a store that takes its time is noticed, and the next blocks are fetched meanwhile.
/// Any number of threads may use it; where nothing is written they read a block together.
/// </summary>
public sealed class BlockCache : IAsyncDisposable
{
    private const int ParallelWrites = 4;

    private readonly IVolumeStore store;
    private readonly BlockCacheOptions options;
    private readonly BlockTable table;
    private readonly IBlockCoding coding;
    private long lastRead = -1;
    private volatile bool answersAtOnce;

    /// <param name="store">What is below; not disposed.</param>
    /// <param name="options">Sizes.</param>
    public BlockCache(IVolumeStore store, BlockCacheOptions options)
    {
        (this.store, this.options) = (store, options);
        coding = store switch
        {
            LuksStore encrypted => encrypted.Blocks,
            VerifiedStore verified => verified.Blocks,
            _ => new PlainBlocks(store),
        };
        if (options.BlockBytes % coding.Unit != 0) throw new ArgumentException("a block is whole sectors", nameof(options));
        table = new BlockTable(options, store.Length, coding);
    }

    /// <summary>Bytes of the volume.</summary>
    public long Length => store.Length;

    /// <summary>Reads up to the end of the volume.</summary>
    /// <returns>Bytes read: fewer than asked for only at the end.</returns>
    /// <exception cref="UnavailableException">The store cannot give them now.</exception>
    /// <exception cref="AlteredVolumeException">They are not what the volume's root hash stands for.</exception>
    public async ValueTask<int> ReadAsync(long offset, Memory<byte> buffer, CancellationToken cancellation)
    {
        if (offset < 0 || offset >= Length) return 0;
        if (buffer.Length > Length - offset) buffer = buffer[..(int)(Length - offset)];
        var done = 0;
        while (done < buffer.Length)
        {
            var (index, at) = Math.DivRem(offset + done, options.BlockBytes);
            var take = (int)Math.Min(options.BlockBytes - at, buffer.Length - done);
            await UseAsync(index, block => block.Read((int)at, buffer.Span.Slice(done, take)), load: true, cancellation);
            done += take;
            ReadAhead(index, cancellation);
        }

        return done;
    }

    /// <summary>Writes. The whole range lies inside the volume.</summary>
    /// <exception cref="UnavailableException">The rest of a sector, or room for it, cannot be had now.</exception>
    public async ValueTask WriteAsync(long offset, ReadOnlyMemory<byte> data, CancellationToken cancellation)
    {
        if (!store.IsWritable) throw new InvalidOperationException("the volume is read-only");
        if (offset < 0 || data.Length > Length - offset) throw new ArgumentOutOfRangeException(nameof(offset));
        while (data.Length > 0)
        {
            var (index, start) = Math.DivRem(offset, options.BlockBytes);
            var at = (int)start;
            var piece = data[..(int)Math.Min(options.BlockBytes - at, data.Length)];
            var whole = at == 0 && piece.Length == table.LengthOf(index);
            await UseAsync(index, block => block.Write(at, piece.Span), load: !whole, cancellation);
            offset += piece.Length;
            data = data[piece.Length..];
        }
    }

    /// <summary>Returns when everything that was written before is durable in the store.</summary>
    /// <exception cref="UnavailableException">Something is not; it is still here, and the next flush tries again.</exception>
    public async Task FlushAsync(CancellationToken cancellation)
    {
        await Parallel.ForEachAsync(
            table.Dirty(),
            new ParallelOptions { MaxDegreeOfParallelism = ParallelWrites, CancellationToken = cancellation },
            (index, token) => UseAsync(index, _ => { }, load: false, token, writeBack: true));
        await store.FlushAsync(cancellation);
    }

    /// <summary>Zeroes what is held. What was not flushed is lost.</summary>
    public ValueTask DisposeAsync()
    {
        table.Dispose();
        return ValueTask.CompletedTask;
    }

    private async ValueTask UseAsync(long index, Action<CacheBlock> use, bool load, CancellationToken cancellation, bool writeBack = false)
    {
        CacheBlock block;
        while (!table.TryTake(index, out block!, out var leaving))
        {
            // Full: the block that was not used longest goes, after what was written to it.
            await LeaveAsync(leaving, cancellation);
        }

        try
        {
            if (store.IsWritable)
            {
                await UseAloneAsync(block, use, load, writeBack, cancellation);
                return;
            }

            if (!block.IsLoaded) await UseAloneAsync(block, _ => { }, load, writeBack: false, cancellation);
            use(block);
        }
        finally
        {
            table.Release(block);
        }
    }

    private async ValueTask UseAloneAsync(CacheBlock block, Action<CacheBlock> use, bool load, bool writeBack, CancellationToken cancellation)
    {
        await block.Gate.WaitAsync(cancellation);
        try
        {
            if (load && !block.IsLoaded)
            {
                var loading = coding.LoadAsync(block.Index * options.BlockBytes, block.Content, cancellation);
                answersAtOnce = loading.IsCompleted;
                await loading;
                block.IsLoaded = true;
            }

            use(block);
            if (writeBack) await WriteBackAsync(block, cancellation);
        }
        finally
        {
            block.Gate.Release();
        }
    }

    private async Task LeaveAsync(CacheBlock? leaving, CancellationToken cancellation)
    {
        if (leaving is null)
        {
            await table.WaitForReleaseAsync(cancellation);
            return;
        }

        try
        {
            await leaving.Gate.WaitAsync(cancellation);
            try
            {
                await WriteBackAsync(leaving, cancellation);
            }
            finally
            {
                leaving.Gate.Release();
            }
        }
        finally
        {
            table.Leave(leaving);
        }
    }

    private async ValueTask WriteBackAsync(CacheBlock block, CancellationToken cancellation)
    {
        foreach (var (at, length) in block.DirtyRuns())
        {
            await coding.StoreAsync((block.Index * options.BlockBytes) + at, block.Content.Slice(at, length), cancellation);
            block.MarkClean(at, length);
        }
    }

    private void ReadAhead(long index, CancellationToken cancellation)
    {
        var sequential = Interlocked.Exchange(ref lastRead, index) is var last && (last == index - 1 || last == index);
        if (!sequential || options.ReadAhead == 0 || answersAtOnce) return;
        for (var ahead = index + 1; ahead <= index + options.ReadAhead && ahead * options.BlockBytes < Length; ahead++)
        {
            if (table.Holds(ahead) || !table.BeginAhead(ahead)) continue;
            var next = ahead;
            _ = Task.Run(() => FetchAheadAsync(next, cancellation), cancellation);
        }
    }

    private async Task FetchAheadAsync(long index, CancellationToken cancellation)
    {
        try
        {
            await UseAsync(index, _ => { }, load: true, cancellation);
        }
        catch (Exception e) when (e is UnavailableException or AlteredVolumeException or OperationCanceledException or ObjectDisposedException)
        {
            // Nobody asked for it yet: whoever does gets the error.
        }
        finally
        {
            table.EndAhead(index);
        }
    }
}
