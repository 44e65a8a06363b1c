using System.Globalization;
using System.Security.Cryptography;
using Cove.Guest.Layers;
using Cove.Guest.Linux;

namespace Cove.Guest.Mounts;

/// <summary>A volume that the kernel decrypts: file, loop device, dm-crypt, ext4. Each of them goes when the mount has gone, and the key with them.</summary>
public static class EncryptedVolumeMount
{
    private const int Sector = 512;
    private const int NameBytes = 8;

    /// <summary>Why volumes cannot be mounted so here; null where the kernel has dm-crypt, or loads it when asked, and this process may use it.</summary>
    public static string? WhyNot() => DeviceMapperControl.WhyNot("crypt");

    /// <summary>Mounts the ext4 file system that lies encrypted (<c>aes-xts-plain64</c>) in a file.</summary>
    /// <param name="image">The file: whole sectors, and nothing before or behind them.</param>
    /// <param name="target">Where; made.</param>
    /// <param name="writable">Otherwise it is read-only, and a journal is not replayed.</param>
    /// <param name="key">Two AES keys of equal length, 32 or 64 bytes together. It is handed to the kernel in one call and kept nowhere.</param>
    /// <param name="firstSector">The number of the first sector, in units of 512 bytes; a multiple of the sector's size.</param>
    /// <param name="sectorSize">512, 1024, 2048 or 4096.</param>
    /// <exception cref="LinuxException">The kernel has no dm-crypt, the file holds no ext4 file system under this key, or this process may not mount.</exception>
    public static void Mount(string image, string target, bool writable, ReadOnlySpan<byte> key, ulong firstSector, int sectorSize)
    {
        var sectors = new FileInfo(image).Length / Sector;
        using var loop = LoopDevice.AttachDirect(image, writable);
        using var parameters = CryptParameters.AesXts(key, firstSector, loop.Path, sectorSize);
        var name = string.Create(CultureInfo.InvariantCulture, $"volume-{RandomNumberGenerator.GetHexString(2 * NameBytes, lowercase: true)}");
        using var device = DeviceMapper.CreateWhileUsed(name, sectors, "crypt", parameters.Text, writable);
        LoopDevice.SetReadAhead(device.Path);
        GuestMounts.MountVolumeDevice(device.Path, target, writable);
    }
}
