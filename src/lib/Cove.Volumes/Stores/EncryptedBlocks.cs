using Cove.Volumes.Ciphers;
using Cove.Volumes.Luks;

namespace Cove.Volumes.Stores;

/// <summary>
/// Blocks of a LUKS2 image that are held encrypted. What is asked for is decrypted on its way out, which takes the place of a copy, and nothing else is:
/// no plain data stays here.
/// </summary>
internal sealed class EncryptedBlocks(IVolumeStore image, LuksSegment segment, XtsCipher cipher) : IBlockCoding
{
    public int Unit => segment.SectorSize;

    public ValueTask LoadAsync(long offset, Memory<byte> held, CancellationToken cancellation) => image.ReadAsync(segment.Offset + offset, held, cancellation);

    public ValueTask StoreAsync(long offset, ReadOnlyMemory<byte> held, CancellationToken cancellation) => image.WriteAsync(segment.Offset + offset, held, cancellation);

    public void Decode(long offset, ReadOnlySpan<byte> held, Span<byte> plain) => cipher.Decrypt(held, plain, Sector(offset));

    public void Encode(long offset, ReadOnlySpan<byte> plain, Span<byte> held) => cipher.Encrypt(plain, held, Sector(offset));

    private ulong Sector(long offset) => segment.FirstTweak + (ulong)(offset / XtsCipher.SectorUnit);
}
