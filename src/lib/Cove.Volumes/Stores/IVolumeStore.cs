namespace Cove.Volumes.Stores;

/// <summary>
/// The bytes of a volume, wherever they are kept: a blob, a file, another store below. Like a disk, it may hold writes back until it is flushed, and may
/// then make them durable in any order.
/// </summary>
public interface IVolumeStore : IAsyncDisposable
{
    /// <summary>Bytes it holds; it never grows.</summary>
    long Length { get; }

    /// <summary>Whether it can be written.</summary>
    bool IsWritable { get; }

    /// <summary>Fills the buffer from this place. The whole range lies inside the store.</summary>
    /// <exception cref="Cove.Outcomes.UnavailableException">The bytes cannot be had now.</exception>
    ValueTask ReadAsync(long offset, Memory<byte> buffer, CancellationToken cancellation);

    /// <summary>Writes at this place. The whole range lies inside the store.</summary>
    /// <exception cref="Cove.Outcomes.UnavailableException">The bytes cannot be written now.</exception>
    ValueTask WriteAsync(long offset, ReadOnlyMemory<byte> data, CancellationToken cancellation);

    /// <summary>Returns when every write that was answered before is durable.</summary>
    /// <exception cref="Cove.Outcomes.UnavailableException">Some are not.</exception>
    ValueTask FlushAsync(CancellationToken cancellation);
}
