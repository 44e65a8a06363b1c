using System.Globalization;
using System.Text;

namespace Cove.Cli.GuestImages;

/// <summary>
/// Writes an initial file system as the kernel takes it (cpio, "newc"). The same entries in the same order give the same bytes: no clock, no
/// owner and no inode of this host goes into them.
/// </summary>
internal sealed class CpioWriter(Stream output)
{
    private const string Magic = "070701";
    private const string Trailer = "TRAILER!!!";
    private const int FolderMode = 0x4000 | 0b111_101_101;
    private const int FileType = 0x8000, LinkType = 0xA000, CharacterType = 0x2000;
    private const int Alignment = 4;

    private int inode;

    private static ReadOnlySpan<byte> Zeros => [0, 0, 0, 0];

    public void Folder(string path) => Write(path, FolderMode, []);

    /// <param name="path">Without a leading slash.</param>
    /// <param name="content">Its bytes.</param>
    /// <param name="executable">Mode 0755 rather than 0644.</param>
    public void File(string path, ReadOnlySpan<byte> content, bool executable) =>
        Write(path, FileType | (executable ? 0b111_101_101 : 0b110_100_100), content);

    public void Link(string path, string target) => Write(path, LinkType | 0b111_111_111, Encoding.UTF8.GetBytes(target));

    /// <summary>A character device for root alone.</summary>
    public void CharacterDevice(string path, int major, int minor) => Write(path, CharacterType | 0b110_000_000, [], major, minor);

    /// <summary>Ends the archive.</summary>
    public void Finish()
    {
        inode = -1;
        Write(Trailer, 0, []);
    }

    private void Write(string path, int mode, ReadOnlySpan<byte> content, int major = 0, int minor = 0)
    {
        var name = Encoding.UTF8.GetBytes(path + '\0');
        var header = new StringBuilder(Magic);

        // ino, mode, uid, gid, nlink, mtime, filesize, devmajor, devminor, rdevmajor, rdevminor, namesize, check
        foreach (var field in (int[])[++inode, mode, 0, 0, 1, 0, content.Length, 0, 0, major, minor, name.Length, 0])
            header.Append(field.ToString("x8", CultureInfo.InvariantCulture));
        output.Write(Encoding.ASCII.GetBytes(header.ToString()));
        output.Write(name);
        Pad(header.Length + name.Length);
        output.Write(content);
        Pad(content.Length);
    }

    private void Pad(int written) => output.Write(Zeros[..((Alignment - (written % Alignment)) % Alignment)]);
}
