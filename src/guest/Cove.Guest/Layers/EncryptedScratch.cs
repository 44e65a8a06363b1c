using System.Security.Cryptography;
using Cove.Guest.Linux;
using Cove.Guest.Mounts;
using Cove.Images.Ext4;
using Cove.Outcomes;

namespace Cove.Guest.Layers;

/// <summary>
/// A disk of the host as room for what containers write: dm-crypt under a key that is made here, is nowhere else and dies with the machine,
/// and a file system made anew. What the disk held before means nothing, and what it holds afterwards nobody can read. A host that alters it
/// makes noise of what it alters, or an I/O error; it can do no more than that, and no less by taking the disk away.
/// </summary>
public sealed class EncryptedScratch : IDisposable
{
    private const int Sector = 512, CipherSector = 4096, KeySize = 64;
    private const string Name = "scratch";

    private readonly DeviceMapper device;

    private EncryptedScratch(DeviceMapper device, string folder) => (this.device, Folder) = (device, folder);

    /// <summary>Where it is mounted.</summary>
    public string Folder { get; }

    /// <summary>Takes a disk.</summary>
    /// <param name="disk">The host's disk, e.g. <c>/dev/sda</c>. What it holds is lost.</param>
    /// <param name="folder">Where to mount it; made.</param>
    /// <exception cref="MalformedException">The disk is smaller or larger than a file system can be.</exception>
    /// <exception cref="LinuxException">The kernel has no dm-crypt, or the disk cannot be written.</exception>
    public static EncryptedScratch Open(string disk, string folder)
    {
        var size = BlockDevice.Size(disk) / CipherSector * CipherSector;
        if (size is < EmptyExt4.MinimumSize or > EmptyExt4.MaximumSize) throw new MalformedException("scratch disk", "size", $"is {size} bytes");
        var device = Map(disk, size);
        try
        {
            using (var content = new FileStream(BlockDevice.Open(device.Path, writable: true), FileAccess.ReadWrite, bufferSize: 0)) EmptyExt4.Format(content, size);
            GuestMounts.MountWritable(device.Path, folder);
            return new EncryptedScratch(device, folder);
        }
        catch
        {
            device.Dispose();
            throw;
        }
    }

    /// <summary>Unmounts it; with the mapping the key is gone from the kernel.</summary>
    /// <exception cref="LinuxException">Something in it is in use.</exception>
    public void Dispose()
    {
        GuestMounts.Unmount(Folder);
        device.Dispose();
    }

    /// <summary>dm-crypt under a key nobody has seen. Sectors of 4096 bytes: the file system writes no smaller ones.</summary>
    private static DeviceMapper Map(string disk, long size)
    {
        Span<byte> key = stackalloc byte[KeySize];
        try
        {
            do RandomNumberGenerator.Fill(key);
            while (key[..(KeySize / 2)].SequenceEqual(key[(KeySize / 2)..])); // XTS wants two different keys
            using var parameters = CryptParameters.AesXts(key, firstSector: 0, disk, CipherSector);
            return DeviceMapper.CreateSecret(Name, size / Sector, "crypt", parameters.Text);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(key);
        }
    }
}
