using Cove.Outcomes;
using Cove.Sidecar.Http;
using Cove.Sidecar.Release;
using Cove.Volumes.Blobs;
using Cove.Volumes.Stores;

namespace Cove.Sidecar.Encfs;

/// <summary>Mounts the file systems of its arguments one after another. The first that fails ends it, and takes down those before it.</summary>
internal sealed class EncfsSidecar(KeyRelease release, AccessTokens tokens, SkrSurroundings surroundings) : IAsyncDisposable
{
    private readonly List<MountedVolume> mounted = [];
    private readonly List<BlobTokens> blobTokens = [];
    private readonly string scratch = Directory.CreateTempSubdirectory("remotefs").FullName;

    /// <summary>The volumes that are there.</summary>
    public IReadOnlyList<MountedVolume> Mounted => mounted;

    /// <exception cref="SkrFailureException">A file system could not be mounted, and why; the reason is also in its failure file.</exception>
    public async Task MountAsync(IReadOnlyList<EncfsFileSystem> wanted, CancellationToken cancellation)
    {
        surroundings.Log.Info($"{wanted.Count} filesystems to mount:");
        foreach (var one in wanted)
        {
            surroundings.Log.Info($"  {one.MountPoint} -> {one.Blob} (read-write: {(one.IsWritable ? "true" : "false")})");
            Directory.CreateDirectory(Path.GetDirectoryName(one.FailureFile)!);
            File.Delete(one.FailureFile);
        }

        foreach (var one in wanted)
        {
            try
            {
                mounted.Add(await MountAsync(one, cancellation));
            }
            catch (SkrFailureException e)
            {
                TellFailure(one, e.Message);
                throw new SkrFailureException("Failed to mount filesystems", new SkrFailureException($"failed to mount filesystem index {one.Index}", e));
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var volume in Enumerable.Reverse(mounted))
        {
            try
            {
                await volume.DisposeAsync();
            }
            catch (Exception e) when (e is UnavailableException or IOException)
            {
                surroundings.Log.Error($"{volume.MountPoint}: what was written last may be lost: {e.Message}");
            }
        }

        mounted.Clear();
        foreach (var one in blobTokens) one.Dispose();
        Directory.Delete(scratch, recursive: true);
    }

    private async Task<MountedVolume> MountAsync(EncfsFileSystem wanted, CancellationToken cancellation)
    {
        var image = await OpenAsync(wanted, cancellation);
        using var key = await ReleaseAsync(wanted.Key, cancellation);
        if (key.Key is Cove.Formats.Jose.RsaJwk && wanted.Key.Salt.Length == 0) surroundings.Log.Warning($"filesystem-{wanted.Index}: the key is derived without a salt");
        var volume = await EncryptedVolume.MountAsync(key, image, wanted, Path.Combine(scratch, $"{wanted.Index}"), surroundings.Log, cancellation);
        surroundings.Log.Info($"mounted {wanted.MountPoint}");
        return volume;
    }

    private async Task<IVolumeStore> OpenAsync(EncfsFileSystem wanted, CancellationToken cancellation)
    {
        try
        {
            var blob = new BlobClient(surroundings.Client, wanted.Blob, Authorization(wanted), surroundings.Time);
            return await BlobStore.OpenAsync(blob, wanted.IsWritable, cancellation);
        }
        catch (UnavailableException e)
        {
            throw new SkrFailureException($"failed to mount remote file: {wanted.Blob}", e);
        }
    }

    private BlobAuthorization Authorization(EncfsFileSystem wanted)
    {
        if (!wanted.IsPrivate) return BlobAuthorization.None;
        if (!wanted.Blob.IsSecure) throw new SkrFailureException($"failed to mount remote file: {wanted.Blob}: token credentials require a URL using the https protocol scheme");
        var source = new BlobTokens(tokens, wanted.Blob, surroundings.Time);
        blobTokens.Add(source);
        return BlobAuthorization.Bearer(source.GetAsync);
    }

    private async Task<Keys.Release.ReleasedKey> ReleaseAsync(EncfsKey key, CancellationToken cancellation)
    {
        try
        {
            ServiceEndpoint.Parse(key.VaultEndpoint);
            return await release.ReleaseAsync(new KeyReleaseRequest(key.AttestationEndpoint, key.VaultEndpoint, key.KeyId, key.AccessToken), cancellation);
        }
        catch (SkrFailureException e)
        {
            throw new SkrFailureException($"failed to obtain keyfile {key.KeyId}", new SkrFailureException($"failed to release key: {key}", e));
        }
    }

    private void TellFailure(EncfsFileSystem wanted, string reason)
    {
        try
        {
            File.WriteAllText(wanted.FailureFile, reason + "\n");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            surroundings.Log.Warning($"{wanted.FailureFile} could not be written: {e.Message}");
        }
    }
}
