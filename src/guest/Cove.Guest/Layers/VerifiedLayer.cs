using Cove.Images.Verity;
using Cove.Outcomes;

namespace Cove.Guest.Layers;

/// <summary>
/// A layer the guest has copied into its own memory, with the dm-verity root it computed over exactly those bytes. The host can change its
/// file as it likes afterwards: the copy is sealed, and the copy is what is mounted.
/// </summary>
public sealed class VerifiedLayer : IReadOnlyLayer
{
    private VerifiedLayer(SealedMemoryFile content, RootHash root) => (Content, Root) = (content, root);

    /// <summary>The root of the copied bytes: what a policy is asked about.</summary>
    public RootHash Root { get; }

    internal SealedMemoryFile Content { get; }

    /// <summary>Copies a host's file while computing its root.</summary>
    /// <param name="image">A regular file or block device with an ext4 file system, whole blocks of 4096 bytes.</param>
    /// <param name="outside">A folder that the file must not lie in: the guest's own state, which is not the host's to ask about.</param>
    /// <param name="cancellation">Gives up.</param>
    /// <exception cref="MalformedException">The file is empty, too large, not whole blocks, or lies in <paramref name="outside"/>.</exception>
    /// <exception cref="UnavailableException">The host's file cannot be opened or read.</exception>
    public static VerifiedLayer TakeIn(string image, string outside, CancellationToken cancellation = default)
    {
        try
        {
            using var source = new FileStream(image, new FileStreamOptions
            {
                Mode = FileMode.Open,
                Access = FileAccess.Read,
                Share = FileShare.ReadWrite | FileShare.Delete,
                Options = FileOptions.SequentialScan,
                BufferSize = 0,
            });
            Check(source, image, outside);
            var content = SealedMemoryFile.Create("cove-layer", copy => VerityRoot.CopyTo(source, copy, cancellation), out var root);
            return new VerifiedLayer(content, root);
        }
        catch (Exception unreadable) when (unreadable is UnauthorizedAccessException or (IOException and not Linux.LinuxException))
        {
            throw new UnavailableException("layer image", unreadable.Message, unreadable);
        }
    }

    /// <inheritdoc/>
    public void Mount(string target) => Mounts.GuestMounts.MountLayer(this, target);

    /// <summary>Frees the copy once it is not mounted any more.</summary>
    public void Dispose() => Content.Dispose();

    private static void Check(FileStream source, string image, string outside)
    {
        // Where the open file really is, links resolved: a path can be changed between check and open, an open file cannot.
        var real = File.ResolveLinkTarget($"/proc/self/fd/{source.SafeFileHandle.DangerousGetHandle()}", returnFinalTarget: false)?.FullName ?? image;
        if (real == outside || real.StartsWith(outside.TrimEnd('/') + "/", StringComparison.Ordinal))
            throw new MalformedException("layer image", "path", "lies in the guest's own state");
        if (!source.CanSeek || source.Length == 0)
            throw new MalformedException("layer image", "path", "is not a file with a file system in it");
    }
}
