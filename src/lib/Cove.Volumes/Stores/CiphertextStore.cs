namespace Cove.Volumes.Stores;

/// <summary>
/// The data of an encrypted volume as it is stored, for a kernel that decrypts it: from its first sector to its last, without the header before and a hash tree
/// behind it. Where it comes from a <see cref="Verity.VerifiedStore"/> nothing is given that does not decrypt to what the root hash stands for.
/// </summary>
public sealed class CiphertextStore : IVolumeStore
{
    private readonly IVolumeStore decrypted;
    private readonly IBlockCoding encrypted;

    internal CiphertextStore(IVolumeStore decrypted, IBlockCoding encrypted) => (this.decrypted, this.encrypted) = (decrypted, encrypted);

    /// <inheritdoc/>
    public long Length => decrypted.Length;

    /// <inheritdoc/>
    public bool IsWritable => decrypted.IsWritable;

    /// <summary>Reads at a place: whole blocks of <see cref="Verity.VolumeVerity.BlockBytes"/> where they are checked, else any bytes.</summary>
    /// <inheritdoc cref="IVolumeStore.ReadAsync" path="/exception"/>
    /// <exception cref="Verity.AlteredVolumeException">A block was altered; what the buffer holds then is to be given to nobody.</exception>
    public ValueTask ReadAsync(long offset, Memory<byte> buffer, CancellationToken cancellation) => encrypted.LoadAsync(offset, buffer, cancellation);

    /// <inheritdoc/>
    public ValueTask WriteAsync(long offset, ReadOnlyMemory<byte> data, CancellationToken cancellation) => encrypted.StoreAsync(offset, data, cancellation);

    /// <inheritdoc/>
    public ValueTask FlushAsync(CancellationToken cancellation) => decrypted.FlushAsync(cancellation);

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => decrypted.DisposeAsync();
}
