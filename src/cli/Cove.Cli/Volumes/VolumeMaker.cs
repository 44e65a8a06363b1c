using Cove.Cli.Development;
using Cove.Formats.Jose;
using Cove.Images.Packing;
using Cove.Images.Verity;
using Cove.Volumes.Luks;
using Cove.Volumes.Stores;
using Cove.Volumes.Verity;

namespace Cove.Cli.Volumes;

/// <summary>Makes an encrypted image of a folder.</summary>
/// <param name="Folder">What the volume holds.</param>
/// <param name="Image">The file to make.</param>
/// <param name="WritableBytes">Size of the file system that can be written later; 0 for a read-only one that is as small as can be.</param>
/// <param name="Salt">For an RSA key: hexadecimal salt of the derivation.</param>
/// <param name="Label">For an RSA key: its label.</param>
/// <param name="Options">How the image is laid out.</param>
internal sealed record VolumeMaker(string Folder, string Image, long WritableBytes, string Salt, string Label, LuksOptions Options)
{
    private const int Piece = 4 * 1024 * 1024;

    /// <summary>Makes it, whole or not at all.</summary>
    /// <returns>Bytes of the image, and what its content is to be checked against where it is read-only.</returns>
    public async Task<(long Bytes, VolumeVerity? Verity)> MakeAsync(Jwk key, Progress progress, CancellationToken cancellation)
    {
        // Beside the image, readable by its owner only, and gone when it is closed: plain data must not stay on the disk.
        var beside = Path.Combine(Path.GetDirectoryName(Image)!, $".{Path.GetFileName(Image)}.{Guid.NewGuid():N}");
        var (plainFile, unfinished) = (beside + ".plain", beside + ".new");
        try
        {
            progress.Next("making the file system");
            await WriteFileSystemAsync(plainFile, cancellation);
            var verity = WritableBytes == 0 ? AppendTree(plainFile, cancellation) : null;
            progress.Next("encrypting", new FileInfo(plainFile).Length);
            await EncryptAsync(key, plainFile, unfinished, progress, cancellation);
            File.Move(unfinished, Image, overwrite: true);
            return (new FileInfo(Image).Length, verity);
        }
        finally
        {
            File.Delete(plainFile);
            File.Delete(unfinished);
        }
    }

    private async Task WriteFileSystemAsync(string path, CancellationToken cancellation)
    {
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.ReadWrite, UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite };
        await using (var file = new FileStream(path, options))
        {
            if (WritableBytes == 0) await FolderImage.WriteAsync(Folder, file, cancellation);
            else file.SetLength(WritableBytes);
        }

        if (WritableBytes == 0) return;

        // Only a file system with room and a journal can be written; the one that is made here has neither. Blocks of the volume's sectors: dm-crypt takes no smaller ones.
        var program = Programs.Find("mkfs.ext4") ?? throw CommandFailedException.Unavailable("program-missing", "a writable volume needs mkfs.ext4", "apt-get install e2fsprogs");
        var (code, _, error) = await Programs.RunAsync(program, ["-q", "-F", "-b", "4096", "-d", Folder, "-E", "root_owner=0:0", path], cancellation);
        if (code != 0) throw CommandFailedException.Usage("volume-too-small", $"the file system could not be made: {error.Trim()}", "give a larger --size");
    }

    /// <summary>Adds the dm-verity tree of a file system that is never written, behind it.</summary>
    private static VolumeVerity AppendTree(string path, CancellationToken cancellation)
    {
        using var tree = new MemoryStream();
        using var file = new FileStream(path, FileMode.Open);
        var blocks = file.Length / VolumeVerity.BlockBytes;
        var root = VerityTreeFile.Write(file, tree, cancellation);
        tree.WriteTo(file);
        return VolumeVerity.Of(blocks, root.Bytes);
    }

    private async Task EncryptAsync(Jwk key, string plainFile, string image, Progress progress, CancellationToken cancellation)
    {
        using var passphrase = VolumePassphrase.Of(key, Salt, Label);
        using var volume = LuksFormatter.Create(passphrase.Bytes.Span, Options, out var start);
        await using var plain = FileStore.Open(plainFile, writable: false);
        await using (var file = new FileStream(image, FileMode.CreateNew))
        {
            await file.WriteAsync(start, cancellation);
            file.SetLength(start.Length + plain.Length);
        }

        await using var store = volume.Open(FileStore.Open(image, writable: true));
        var piece = new byte[Piece];
        for (var offset = 0L; offset < plain.Length; offset += Piece)
        {
            var part = piece.AsMemory(0, (int)Math.Min(Piece, plain.Length - offset));
            await plain.ReadAsync(offset, part, cancellation);
            await store.WriteAsync(offset, part, cancellation);
            progress.Advance(part.Length);
        }

        await store.FlushAsync(cancellation);
        System.Security.Cryptography.CryptographicOperations.ZeroMemory(piece);
    }
}
