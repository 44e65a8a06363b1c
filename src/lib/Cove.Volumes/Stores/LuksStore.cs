using System.Buffers;
using System.Security.Cryptography;
using Cove.Outcomes;
using Cove.Volumes.Ciphers;
using Cove.Volumes.Luks;
using Cove.Volumes.Verity;

namespace Cove.Volumes.Stores;

/// <summary>The decrypted data of a LUKS2 image. What is read and written is whole sectors.</summary>
public sealed class LuksStore : IVolumeStore
{
    private const int LargestPiece = 1024 * 1024;

    private readonly IVolumeStore image;
    private readonly LuksSegment segment;
    private readonly XtsCipher cipher;

    internal LuksStore(IVolumeStore image, LuksSegment segment, XtsCipher cipher)
    {
        var length = segment.Size ?? image.Length - segment.Offset;
        if (length <= 0 || length > image.Length - segment.Offset || length % segment.SectorSize != 0)
            throw new MalformedException(LuksHeader.Format, "segment", $"of {length} bytes from {segment.Offset} is not whole sectors of an image of {image.Length} bytes");
        if (segment.FirstTweak % (ulong)(segment.SectorSize / XtsCipher.SectorUnit) != 0)
            throw new MalformedException(LuksHeader.Format, "iv_tweak", $"{segment.FirstTweak} is not the number of a sector of {segment.SectorSize} bytes");
        (this.image, this.segment, this.cipher, Length) = (image, segment, cipher, length);
        Blocks = new EncryptedBlocks(image, segment, cipher);
    }

    /// <inheritdoc/>
    public long Length { get; }

    /// <inheritdoc/>
    public bool IsWritable => image.IsWritable;

    /// <summary>Bytes of a sector: offsets and lengths are multiples of it.</summary>
    public int SectorSize => segment.SectorSize;

    internal IBlockCoding Blocks { get; }

    internal LuksSegment Segment => segment;

    /// <summary>
    /// The file system of a read-only volume with the dm-verity tree behind it, each block of which is checked when it is read. Length and upper levels of the tree
    /// are checked here. An accepted view takes this one over.
    /// </summary>
    /// <exception cref="UnavailableException">The tree cannot be read now.</exception>
    public async Task<Verdict<VerifiedStore>> VerifyAsync(VolumeVerity verity, CancellationToken cancellation) =>
        (await HashTree.ReadAsync(this, verity, cancellation)).IsAccepted(out var tree, out var findings)
            ? new VerifiedStore(this, tree, verity)
            : new Verdict<VerifiedStore>.Rejected(findings);

    /// <summary>The data as it is stored. The result takes this one over, which forgets the key: nothing is decrypted here any more.</summary>
    public CiphertextStore ToCiphertext()
    {
        cipher.Dispose();
        return new CiphertextStore(this, Blocks);
    }

    /// <inheritdoc/>
    public async ValueTask ReadAsync(long offset, Memory<byte> buffer, CancellationToken cancellation)
    {
        await Blocks.LoadAsync(offset, buffer, cancellation);
        Blocks.Decode(offset, buffer.Span, buffer.Span);
    }

    /// <inheritdoc/>
    public async ValueTask WriteAsync(long offset, ReadOnlyMemory<byte> data, CancellationToken cancellation)
    {
        var piece = ArrayPool<byte>.Shared.Rent(Math.Min(data.Length, LargestPiece));
        try
        {
            while (data.Length > 0)
            {
                var length = Math.Min(data.Length, LargestPiece);
                Blocks.Encode(offset, data[..length].Span, piece.AsSpan(0, length));
                await Blocks.StoreAsync(offset, piece.AsMemory(0, length), cancellation);
                offset += length;
                data = data[length..];
            }
        }
        finally
        {
            // Where encryption failed half-way it may hold plain data.
            CryptographicOperations.ZeroMemory(piece);
            ArrayPool<byte>.Shared.Return(piece);
        }
    }

    /// <inheritdoc/>
    public ValueTask FlushAsync(CancellationToken cancellation) => image.FlushAsync(cancellation);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        cipher.Dispose();
        await image.DisposeAsync();
    }
}
