using System.Security.Cryptography;

namespace Cove.Volumes.Ciphers;

/// <summary>
/// AES-XTS with <c>plain64</c> tweaks (IEEE 1619, as dm-crypt has it): every sector under its own number, little-endian, counted in units of 512 bytes
/// whatever the sector's size. Several threads may use one cipher at once.
/// </summary>
public sealed class XtsCipher : IDisposable
{
    /// <summary>The unit that sectors are counted in, in bytes.</summary>
    public const int SectorUnit = 512;

    private readonly IXtsEngine engine;
    private volatile bool disposed;

    /// <param name="key">Two AES keys of equal length, 32 or 64 bytes together; copied.</param>
    /// <param name="sectorSize">512, 1024, 2048 or 4096.</param>
    /// <exception cref="ArgumentException">The key is of another length, or its halves are equal.</exception>
    public XtsCipher(ReadOnlySpan<byte> key, int sectorSize)
    {
        if (key.Length is not (32 or 64)) throw new ArgumentException("an XTS key is 32 or 64 bytes", nameof(key));
        if (CryptographicOperations.FixedTimeEquals(key[..(key.Length / 2)], key[(key.Length / 2)..]))
            throw new ArgumentException("the halves of an XTS key differ", nameof(key));
        if (sectorSize is not (512 or 1024 or 2048 or 4096)) throw new ArgumentException("a sector is 512, 1024, 2048 or 4096 bytes", nameof(sectorSize));
        engine = AesInstructionsXts.IsSupported ? new AesInstructionsXts(key) : new PlatformAesXts(key);
        SectorSize = sectorSize;
    }

    /// <summary>Bytes of a sector.</summary>
    public int SectorSize { get; }

    /// <summary>Encrypts whole sectors in place.</summary>
    /// <param name="data">A multiple of the sector size.</param>
    /// <param name="firstSector">The number of the first, in units of 512 bytes.</param>
    public void Encrypt(Span<byte> data, ulong firstSector) => Run(data, data, firstSector, encrypt: true);

    /// <summary>Decrypts whole sectors in place.</summary>
    /// <param name="data">A multiple of the sector size.</param>
    /// <param name="firstSector">The number of the first, in units of 512 bytes.</param>
    public void Decrypt(Span<byte> data, ulong firstSector) => Run(data, data, firstSector, encrypt: false);

    /// <summary>Encrypts whole sectors into memory that does not overlap them.</summary>
    internal void Encrypt(ReadOnlySpan<byte> data, Span<byte> encrypted, ulong firstSector) => Run(data, encrypted, firstSector, encrypt: true);

    /// <summary>Decrypts whole sectors into memory that does not overlap them.</summary>
    internal void Decrypt(ReadOnlySpan<byte> data, Span<byte> decrypted, ulong firstSector) => Run(data, decrypted, firstSector, encrypt: false);

    /// <summary>Zeroes the key.</summary>
    public void Dispose()
    {
        disposed = true;
        engine.Dispose();
    }

    private void Run(ReadOnlySpan<byte> data, Span<byte> result, ulong sector, bool encrypt)
    {
        // A zeroed key would encrypt, and anybody could decrypt that.
        ObjectDisposedException.ThrowIf(disposed, this);
        if (data.Length % SectorSize != 0) throw new ArgumentException("the data is not whole sectors", nameof(data));
        if (result.Length != data.Length) throw new ArgumentException("the result is as long as the data", nameof(result));
        engine.Run(data, result, sector, SectorSize, encrypt);
    }
}
