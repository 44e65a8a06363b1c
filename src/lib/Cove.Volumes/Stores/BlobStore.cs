using Cove.Outcomes;
using Cove.Volumes.Blobs;

namespace Cove.Volumes.Stores;

/// <summary>
/// A volume in a blob. A page blob can be written in place; a write that was answered is durable. A blob that is only read must not change while it is: each
/// range is asked for by the version that was found first, so that nobody puts pieces of two versions together.
/// </summary>
public sealed class BlobStore : IVolumeStore
{
    private readonly BlobClient blob;
    private readonly string? version;

    private BlobStore(BlobClient blob, BlobFacts facts, bool writable) =>
        (this.blob, Length, IsWritable, version) = (blob, facts.Length, writable, writable || facts.ETag.Length == 0 ? null : facts.ETag);

    /// <inheritdoc/>
    public long Length { get; }

    /// <inheritdoc/>
    public bool IsWritable { get; }

    /// <summary>Opens a blob that exists.</summary>
    /// <exception cref="UnavailableException">It is not there, cannot be read, or is to be written and is no page blob.</exception>
    public static async Task<BlobStore> OpenAsync(BlobClient blob, bool writable, CancellationToken cancellation)
    {
        var facts = await Told(blob, () => blob.FindAsync(cancellation)) ?? throw new UnavailableException($"blob {blob.Address}", "there is none of this name");
        if (writable && !facts.IsPageBlob) throw new UnavailableException($"blob {blob.Address}", "it is to be written, and only a page blob can be");
        return new BlobStore(blob, facts, writable);
    }

    /// <inheritdoc/>
    public async ValueTask ReadAsync(long offset, Memory<byte> buffer, CancellationToken cancellation) => await Told(blob, async () =>
    {
        await blob.ReadAsync(offset, buffer, version, cancellation);
        return true;
    });

    /// <inheritdoc/>
    public async ValueTask WriteAsync(long offset, ReadOnlyMemory<byte> data, CancellationToken cancellation) => await Told(blob, async () =>
    {
        while (data.Length > 0)
        {
            var piece = data[..Math.Min(data.Length, BlobClient.LargestWrite)];
            await blob.WritePagesAsync(offset, piece, cancellation);
            offset += piece.Length;
            data = data[piece.Length..];
        }

        return true;
    });

    /// <inheritdoc/>
    public ValueTask FlushAsync(CancellationToken cancellation) => ValueTask.CompletedTask;

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private static async Task<T> Told<T>(BlobClient blob, Func<Task<T>> action)
    {
        try
        {
            return await action();
        }
        catch (BlobRefusedException refused)
        {
            var why = refused.Status == 412 ? "it has changed since it was opened" : $"the service answered {refused.Status} {refused.Code}".TrimEnd();
            throw new UnavailableException($"blob {blob.Address}", why, refused);
        }
        catch (Exception e) when (e is IOException or InvalidOperationException)
        {
            throw new UnavailableException($"blob {blob.Address}", e.Message, e);
        }
    }
}
