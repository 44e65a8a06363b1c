using System.Buffers;
using System.Security.Cryptography;
using Cove.Volumes.Stores;

namespace Cove.Volumes.Verity;

/// <summary>Blocks of an encrypted volume, each of which is checked when it is fetched: what is held was found to be what the root hash stands for.</summary>
internal sealed class VerifiedBlocks(IBlockCoding encrypted, HashTree tree) : IBlockCoding
{
    public int Unit => encrypted.Unit;

    public async ValueTask LoadAsync(long offset, Memory<byte> held, CancellationToken cancellation)
    {
        await encrypted.LoadAsync(offset, held, cancellation);
        var plain = ArrayPool<byte>.Shared.Rent(held.Length);
        try
        {
            encrypted.Decode(offset, held.Span, plain.AsSpan(0, held.Length));
            await tree.CheckAsync(offset / VolumeVerity.BlockBytes, plain.AsMemory(0, held.Length), cancellation);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(plain.AsSpan(0, held.Length));
            ArrayPool<byte>.Shared.Return(plain);
        }
    }

    public ValueTask StoreAsync(long offset, ReadOnlyMemory<byte> held, CancellationToken cancellation) => throw new InvalidOperationException("the volume is read-only");

    public void Decode(long offset, ReadOnlySpan<byte> held, Span<byte> plain) => encrypted.Decode(offset, held, plain);

    public void Encode(long offset, ReadOnlySpan<byte> plain, Span<byte> held) => throw new InvalidOperationException("the volume is read-only");
}
