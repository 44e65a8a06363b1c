using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.Security.Cryptography;

namespace Cove.Volumes.Ciphers;

/// <summary>
/// For every processor: .NET has no XTS, so the platform's AES runs over whole batches of sectors between two passes that apply the tweaks.
/// </summary>
internal sealed class PlatformAesXts : IXtsEngine
{
    private const int BlockLength = 16;
    private readonly byte[] key;
    private readonly ConcurrentBag<Lane> lanes = [];

    /// <param name="key">The key of the data, then that of the tweaks; copied.</param>
    public PlatformAesXts(ReadOnlySpan<byte> key) => this.key = key.ToArray();

    public void Run(ReadOnlySpan<byte> source, Span<byte> result, ulong sector, int sectorSize, bool encrypt)
    {
        source.CopyTo(result);
        var data = result[..source.Length];
        if (!lanes.TryTake(out var lane)) lane = new Lane(key);
        try
        {
            while (data.Length > 0)
            {
                var batch = data[..Math.Min(data.Length, Lane.BatchLength)];
                lane.Run(batch, sector, sectorSize, encrypt);
                sector += (ulong)(batch.Length / XtsCipher.SectorUnit);
                data = data[batch.Length..];
            }
        }
        finally
        {
            lanes.Add(lane);
        }
    }

    public void Dispose()
    {
        CryptographicOperations.ZeroMemory(key);
        while (lanes.TryTake(out var lane)) lane.Dispose();
    }

    /// <summary>What one thread at a time works with.</summary>
    private sealed class Lane : IDisposable
    {
        /// <summary>What stays in the nearest caches between the passes, and makes the cost of a call to the platform small.</summary>
        public const int BatchLength = 64 * 1024;

        private readonly Aes data = Aes.Create();
        private readonly Aes tweak = Aes.Create();
        private readonly byte[] tweaks = new byte[BatchLength];
        private readonly byte[] numbers = new byte[BatchLength / XtsCipher.SectorUnit * BlockLength];

        public Lane(ReadOnlySpan<byte> key)
        {
            data.SetKey(key[..(key.Length / 2)]);
            tweak.SetKey(key[(key.Length / 2)..]);
        }

        public void Run(Span<byte> batch, ulong sector, int sectorSize, bool encrypt)
        {
            var sectors = batch.Length / sectorSize;
            var first = numbers.AsSpan(0, sectors * BlockLength);
            for (var i = 0; i < sectors; i++)
                BinaryPrimitives.WriteUInt64LittleEndian(first[(i * BlockLength)..], sector + (ulong)(i * (sectorSize / XtsCipher.SectorUnit)));
            for (var i = 0; i < sectors; i++) first.Slice((i * BlockLength) + 8, 8).Clear();
            tweak.EncryptEcb(first, first, PaddingMode.None);
            var mask = tweaks.AsSpan(0, batch.Length);
            XtsTweaks.Expand(first, mask, sectorSize);
            XtsTweaks.Apply(mask, batch);
            if (encrypt) data.EncryptEcb(batch, batch, PaddingMode.None);
            else data.DecryptEcb(batch, batch, PaddingMode.None);
            XtsTweaks.Apply(mask, batch);
        }

        public void Dispose()
        {
            data.Dispose();
            tweak.Dispose();
            CryptographicOperations.ZeroMemory(tweaks);
            CryptographicOperations.ZeroMemory(numbers);
        }
    }
}
