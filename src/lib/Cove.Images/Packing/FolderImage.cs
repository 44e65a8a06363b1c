using System.IO.Pipes;
using Cove.Images.Layers;
using Cove.Images.Tar;
using Cove.Images.Verity;
using Cove.Outcomes;

namespace Cove.Images.Packing;

/// <summary>
/// A folder as a read-only ext4 image, without mounting anything and without an archive on the disk in between. The same files give the same image:
/// owners are 0, times are 1970, names are sorted.
/// </summary>
public static class FolderImage
{
    /// <summary>Writes the image.</summary>
    /// <param name="folder">What becomes its root.</param>
    /// <param name="image">Takes it: empty, and able to seek.</param>
    /// <param name="cancellation">Gives up.</param>
    /// <exception cref="MalformedException">A file is nothing that an image can hold.</exception>
    /// <exception cref="IOException">A file could not be read, or changed meanwhile.</exception>
    public static Task WriteAsync(string folder, Stream image, CancellationToken cancellation) =>
        ThroughAsync(folder, archive => LayerHasher.WriteExt4(archive, image, cancellation).Root, cancellation);

    /// <summary>The dm-verity root hash of that image: the same for the same files.</summary>
    /// <inheritdoc cref="WriteAsync" path="/exception"/>
    public static Task<RootHash> ComputeRootAsync(string folder, CancellationToken cancellation) =>
        ThroughAsync(folder, archive => LayerHasher.ComputeRoot(archive, cancellation), cancellation);

    private static async Task<RootHash> ThroughAsync(string folder, Func<Stream, RootHash> take, CancellationToken cancellation)
    {
        await using var archive = new AnonymousPipeServerStream(PipeDirection.In);
        await using var end = new AnonymousPipeClientStream(PipeDirection.Out, archive.ClientSafePipeHandle);
        var writing = Task.Run(
            () =>
            {
                using (end)
                {
                    using var buffered = new BufferedStream(end, 1 << 17);
                    var tar = new TarWriter(buffered);
                    new FolderArchive(tar, keepOwners: false, time: 0, cancellation).Write(folder);
                    tar.Finish();
                }
            },
            cancellation);
        try
        {
            var root = await Task.Run(() => take(archive), cancellation);
            await writing;
            return root;
        }
        catch (MalformedException) when (writing.IsFaulted)
        {
            // The archive was cut short because writing it failed: that is the reason to tell.
            await writing;
            throw;
        }
    }
}
