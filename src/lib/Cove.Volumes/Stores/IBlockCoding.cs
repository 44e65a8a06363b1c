namespace Cove.Volumes.Stores;

/// <summary>How a cache holds the blocks of a store: as they are in it, and coded anew whenever bytes go in or out.</summary>
internal interface IBlockCoding
{
    /// <summary>Bytes that are coded together; blocks are multiples of it.</summary>
    int Unit { get; }

    /// <summary>Fetches blocks as they are held.</summary>
    ValueTask LoadAsync(long offset, Memory<byte> held, CancellationToken cancellation);

    /// <summary>Brings blocks back as they are held.</summary>
    ValueTask StoreAsync(long offset, ReadOnlyMemory<byte> held, CancellationToken cancellation);

    /// <summary>What the held bytes mean: whole units, at this place of the store.</summary>
    void Decode(long offset, ReadOnlySpan<byte> held, Span<byte> plain);

    /// <summary>How bytes are held: whole units, at this place of the store.</summary>
    void Encode(long offset, ReadOnlySpan<byte> plain, Span<byte> held);
}
