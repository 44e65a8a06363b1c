namespace Cove.Volumes.Stores;

/// <summary>Blocks that are held as they are.</summary>
internal sealed class PlainBlocks(IVolumeStore store) : IBlockCoding
{
    public int Unit => 1;

    public ValueTask LoadAsync(long offset, Memory<byte> held, CancellationToken cancellation) => store.ReadAsync(offset, held, cancellation);

    public ValueTask StoreAsync(long offset, ReadOnlyMemory<byte> held, CancellationToken cancellation) => store.WriteAsync(offset, held, cancellation);

    public void Decode(long offset, ReadOnlySpan<byte> held, Span<byte> plain) => held.CopyTo(plain);

    public void Encode(long offset, ReadOnlySpan<byte> plain, Span<byte> held) => plain.CopyTo(held);
}
