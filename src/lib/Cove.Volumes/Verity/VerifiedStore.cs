using Cove.Volumes.Stores;

namespace Cove.Volumes.Verity;

/// <summary>
/// The decrypted data of a read-only volume, of which nothing is given that is not what the root hash stands for. What is read is whole blocks of
/// <see cref="VolumeVerity.BlockBytes"/> bytes. It comes only from <see cref="LuksStore.VerifyAsync"/>.
/// </summary>
public sealed class VerifiedStore : IVolumeStore
{
    private readonly LuksStore below;
    private readonly HashTree tree;

    internal VerifiedStore(LuksStore below, HashTree tree, VolumeVerity verity)
    {
        (this.below, this.tree, Length) = (below, tree, verity.DataBlocks * VolumeVerity.BlockBytes);
        Blocks = new VerifiedBlocks(below.Blocks, tree);
    }

    /// <summary>Bytes of the file system, without the tree behind it.</summary>
    public long Length { get; }

    /// <summary>Never.</summary>
    public bool IsWritable => false;

    internal IBlockCoding Blocks { get; }

    /// <summary>The file system as it is stored, each block of which is checked just the same. The result takes this one over, key and all.</summary>
    public CiphertextStore ToCiphertext() => new(this, Blocks);

    /// <inheritdoc/>
    /// <exception cref="AlteredVolumeException">A block was altered; the buffer then holds nothing of it.</exception>
    public async ValueTask ReadAsync(long offset, Memory<byte> buffer, CancellationToken cancellation)
    {
        await Blocks.LoadAsync(offset, buffer, cancellation);
        Blocks.Decode(offset, buffer.Span, buffer.Span);
    }

    /// <summary>Not possible.</summary>
    /// <exception cref="InvalidOperationException">Always.</exception>
    public ValueTask WriteAsync(long offset, ReadOnlyMemory<byte> data, CancellationToken cancellation) => throw new InvalidOperationException("the volume is read-only");

    /// <inheritdoc/>
    public ValueTask FlushAsync(CancellationToken cancellation) => ValueTask.CompletedTask;

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        tree.Dispose();
        return below.DisposeAsync();
    }
}
