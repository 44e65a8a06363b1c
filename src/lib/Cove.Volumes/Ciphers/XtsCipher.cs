using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.Security.Cryptography;

namespace Cove.Volumes.Ciphers;

/// <summary>
/// AES-XTS with <c>plain64</c> tweaks (IEEE 1619, as dm-crypt has it): every sector under its own number, little-endian, counted in units of 512 bytes
/// whatever the sector's size. .NET has no XTS, so the platform's AES runs over whole batches of sectors between two passes that apply the tweaks. Several
/// threads may use one cipher at once.
/// </summary>
public sealed class XtsCipher : IDisposable
{
    /// <summary>The unit that sectors are counted in, in bytes.</summary>
    public const int SectorUnit = 512;

    private const int BlockLength = 16;
    private readonly byte[] key;
    private readonly ConcurrentBag<XtsLane> lanes = [];

    /// <param name="key">Two AES keys of equal length, 32 or 64 bytes together; copied.</param>
    /// <param name="sectorSize">512, 1024, 2048 or 4096.</param>
    /// <exception cref="ArgumentException">The key is of another length, or its halves are equal.</exception>
    public XtsCipher(ReadOnlySpan<byte> key, int sectorSize)
    {
        if (key.Length is not (32 or 64)) throw new ArgumentException("an XTS key is 32 or 64 bytes", nameof(key));
        if (CryptographicOperations.FixedTimeEquals(key[..(key.Length / 2)], key[(key.Length / 2)..]))
            throw new ArgumentException("the halves of an XTS key differ", nameof(key));
        if (sectorSize is not (512 or 1024 or 2048 or 4096)) throw new ArgumentException("a sector is 512, 1024, 2048 or 4096 bytes", nameof(sectorSize));
        (this.key, SectorSize) = (key.ToArray(), sectorSize);
    }

    /// <summary>Bytes of a sector.</summary>
    public int SectorSize { get; }

    /// <summary>Encrypts whole sectors in place.</summary>
    /// <param name="data">A multiple of the sector size.</param>
    /// <param name="firstSector">The number of the first, in units of 512 bytes.</param>
    public void Encrypt(Span<byte> data, ulong firstSector) => Run(data, firstSector, encrypt: true);

    /// <summary>Decrypts whole sectors in place.</summary>
    /// <param name="data">A multiple of the sector size.</param>
    /// <param name="firstSector">The number of the first, in units of 512 bytes.</param>
    public void Decrypt(Span<byte> data, ulong firstSector) => Run(data, firstSector, encrypt: false);

    /// <summary>Zeroes the key.</summary>
    public void Dispose()
    {
        CryptographicOperations.ZeroMemory(key);
        while (lanes.TryTake(out var lane)) lane.Dispose();
    }

    private void Run(Span<byte> data, ulong sector, bool encrypt)
    {
        if (data.Length % SectorSize != 0) throw new ArgumentException("the data is not whole sectors", nameof(data));
        if (!lanes.TryTake(out var lane)) lane = new XtsLane(key);
        try
        {
            while (data.Length > 0)
            {
                var batch = data[..Math.Min(data.Length, XtsLane.BatchLength)];
                lane.Run(batch, sector, SectorSize, encrypt);
                sector += (ulong)(batch.Length / SectorUnit);
                data = data[batch.Length..];
            }
        }
        finally
        {
            lanes.Add(lane);
        }
    }

    /// <summary>What one thread at a time works with.</summary>
    private sealed class XtsLane : IDisposable
    {
        /// <summary>What stays in the nearest caches between the passes, and makes the cost of a call to the platform small.</summary>
        public const int BatchLength = 64 * 1024;

        private readonly Aes data = Aes.Create();
        private readonly Aes tweak = Aes.Create();
        private readonly byte[] tweaks = new byte[BatchLength];
        private readonly byte[] numbers = new byte[BatchLength / SectorUnit * BlockLength];

        public XtsLane(ReadOnlySpan<byte> key)
        {
            data.SetKey(key[..(key.Length / 2)]);
            tweak.SetKey(key[(key.Length / 2)..]);
        }

        public void Run(Span<byte> batch, ulong sector, int sectorSize, bool encrypt)
        {
            var sectors = batch.Length / sectorSize;
            var first = numbers.AsSpan(0, sectors * BlockLength);
            for (var i = 0; i < sectors; i++)
                BinaryPrimitives.WriteUInt64LittleEndian(first[(i * BlockLength)..], sector + (ulong)(i * (sectorSize / SectorUnit)));
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
