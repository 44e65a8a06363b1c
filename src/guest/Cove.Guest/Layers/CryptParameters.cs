using System.Buffers.Binary;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Cove.Guest.Layers;

/// <summary>The parameters of a dm-crypt target over a whole device, with the key in them. Disposing clears them.</summary>
internal sealed class CryptParameters : IDisposable
{
    private const int SmallestSector = 512;

    // Pinned, so that the collector leaves no copies of the key behind.
    private readonly byte[] text;

    private CryptParameters(byte[] text) => this.text = text;

    /// <summary>As the kernel reads them.</summary>
    public ReadOnlySpan<byte> Text => text;

    /// <param name="key">Two AES keys of equal length, 32 or 64 bytes together.</param>
    /// <param name="firstSector">The number of the device's first sector, in units of 512 bytes.</param>
    /// <param name="device">The device below.</param>
    /// <param name="sectorSize">512, 1024, 2048 or 4096.</param>
    public static CryptParameters AesXts(ReadOnlySpan<byte> key, ulong firstSector, string device, int sectorSize)
    {
        var before = "aes-xts-plain64 "u8;
        var options = sectorSize == SmallestSector ? "" : string.Create(CultureInfo.InvariantCulture, $" 1 sector_size:{sectorSize}");
        var after = Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $" {firstSector} {device} 0{options}"));
        var text = GC.AllocateArray<byte>(before.Length + (2 * key.Length) + after.Length, pinned: true);
        before.CopyTo(text);
        after.CopyTo(text, text.Length - after.Length);
        for (var i = 0; i < key.Length; i++)
            BinaryPrimitives.WriteUInt16BigEndian(text.AsSpan(before.Length + (2 * i)), (ushort)((Digit(key[i] >> 4) << 8) | Digit(key[i] & 15)));
        return new CryptParameters(text);
    }

    public void Dispose() => CryptographicOperations.ZeroMemory(text);

    /// <summary>Without a table or a branch on the key.</summary>
    private static int Digit(int value) => '0' + value + (((9 - value) >> 31) & ('a' - '0' - 10));
}
