using System.Net;
using Cove.KeyService.Outbound;
using Cove.Outcomes;
using Cove.Volumes.Blobs;

namespace Cove.KeyService.Backup;

/// <summary>The blob storage that the operator permitted. Nothing that a request names is ever connected to unless it lies there.</summary>
internal sealed class BackupStorage : IDisposable
{
    private static readonly TimeSpan ConnectPatience = TimeSpan.FromSeconds(10);
    private readonly List<(StoragePin Pin, HttpClient Client)> _permitted;
    private readonly TimeProvider _clock;

    public BackupStorage(IReadOnlyList<StoragePin> pins, TimeProvider clock)
    {
        _clock = clock;
        // Each request to the storage has a deadline of its own.
        _permitted = [.. pins.Select(p => (p, new HttpClient(PinnedHandler.Create("backup storage", "--backup-storage", p.CertificateAuthorityFile, ConnectPatience, Dns.GetHostAddressesAsync))
            { Timeout = Timeout.InfiniteTimeSpan }))];
    }

    /// <summary>Why the place may not be used; null where it may.</summary>
    public Finding? Refuse(BackupPlace place) => _permitted.Exists(p => p.Pin.Covers(place.Container)) ? null
        : new Finding("backup-storage-not-permitted", "storageResourceUri",
            _permitted.Count == 0 ? "storage named by --backup-storage, which is not given" : string.Join(" or ", _permitted.Select(p => p.Pin.Url)), place.Container.ToString());

    /// <summary>Uploads a backup; it is there as a whole or not at all.</summary>
    /// <exception cref="BlobRefusedException">The storage does not take it.</exception>
    /// <exception cref="UnavailableException">The storage does not answer.</exception>
    public async Task WriteAsync(BackupPlace place, byte[] backup, CancellationToken cancellation)
    {
        await using var bytes = new BackupBytes(backup);
        await new BlobUpload(Blob(place), new BlobUploadOptions()).PushAsync(bytes, null, cancellation);
    }

    /// <summary>Downloads a backup.</summary>
    /// <exception cref="BlobRefusedException">The storage does not give it; 404 where there is none.</exception>
    /// <exception cref="MalformedException">It is longer than a backup can be.</exception>
    /// <exception cref="UnavailableException">The storage does not answer.</exception>
    public async Task<byte[]> ReadAsync(BackupPlace place, CancellationToken cancellation)
    {
        var blob = Blob(place);
        var facts = await blob.FindAsync(cancellation) ?? throw new BlobRefusedException(place.ToString(), (int)HttpStatusCode.NotFound, "BlobNotFound");
        if (facts.Length > SealedSnapshot.MaximumLength) throw new MalformedException("full backup", "length", $"is {facts.Length} bytes, more than {SealedSnapshot.MaximumLength}");
        var backup = new byte[facts.Length];
        await blob.ReadAsync(0, backup, facts.ETag, cancellation);
        return backup;
    }

    public void Dispose()
    {
        foreach (var (_, client) in _permitted) client.Dispose();
    }

    private BlobClient Blob(BackupPlace place)
        => new(_permitted.First(p => p.Pin.Covers(place.Container)).Client, BlobAddress.Parse(place.SignedBlobUrl), BlobAuthorization.None, _clock);
}
