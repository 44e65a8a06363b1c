using System.Globalization;
using System.Security.Cryptography;
using Cove.Guest.Linux;
using Cove.Guest.Mounts;
using Cove.Images.Verity;
using Cove.Outcomes;

namespace Cove.Guest.Layers;

/// <summary>
/// A layer on two disks of the host, one with the file system and one with its hash tree. The root is the hash of the tree's top block as
/// it was read once; when the policy has that root, the kernel's dm-verity is opened with it, and every block of either disk that does not
/// lead up to it, now or later, is an I/O error. What the host says about the layer is never asked.
/// </summary>
public sealed class VerityLayer : IReadOnlyLayer
{
    private const int Block = 4096;
    private const int SaltSize = 32;

    private readonly string data;
    private readonly string tree;
    private readonly long blocks;
    private DeviceMapper? device;

    private VerityLayer(string data, string tree, long blocks, RootHash root) => (this.data, this.tree, this.blocks, Root) = (data, tree, blocks, root);

    /// <inheritdoc/>
    public RootHash Root { get; }

    /// <summary>Reads the root.</summary>
    /// <param name="data">The disk with the ext4 file system, whole blocks of 4096 bytes.</param>
    /// <param name="tree">The disk with the tree, top level first (<see cref="VerityTreeFile"/>).</param>
    /// <exception cref="MalformedException">One of the disks is empty or not whole blocks.</exception>
    /// <exception cref="UnavailableException">One of them cannot be read.</exception>
    public static VerityLayer Open(string data, string tree)
    {
        try
        {
            var blocks = Blocks(data);
            Blocks(tree);
            var salted = new byte[SaltSize + Block];
            using (var file = new FileStream(BlockDevice.Open(tree), FileAccess.Read, bufferSize: 0)) file.ReadExactly(salted, SaltSize, Block);
            return new VerityLayer(data, tree, blocks, RootHash.Parse(Convert.ToHexStringLower(SHA256.HashData(salted))));
        }
        catch (Exception unreadable) when (unreadable is IOException or UnauthorizedAccessException)
        {
            throw new UnavailableException("layer disk", unreadable.Message, unreadable);
        }
    }

    /// <inheritdoc/>
    public void Mount(string target)
    {
        if (device is not null) throw new InvalidOperationException("the layer is mounted");
        var table = string.Create(
            CultureInfo.InvariantCulture, $"1 {data} {tree} {Block} {Block} {blocks} 0 sha256 {Root.Hex} {new string('0', 2 * SaltSize)}");
        device = DeviceMapper.CreateReadOnly($"layer-{Path.GetFileName(data)}", blocks * (Block / 512), "verity", table);
        try
        {
            GuestMounts.MountReadOnly(device.Path, target);
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>Removes the mapped device once nothing is mounted from it.</summary>
    public void Dispose()
    {
        device?.Dispose();
        device = null;
    }

    private static long Blocks(string disk)
    {
        var size = BlockDevice.Size(disk);
        if (size <= 0 || size % Block != 0 || size > VerityRoot.MaximumImageSize) throw new MalformedException("layer disk", "size", $"is {size} bytes, expected whole blocks of {Block}");
        return size / Block;
    }
}
