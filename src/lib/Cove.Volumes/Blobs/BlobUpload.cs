using System.Net;
using System.Security.Cryptography;
using System.Text;
using Cove.Volumes.Stores;

namespace Cove.Volumes.Blobs;

/// <summary>
/// Uploads an image in pieces, and goes on where an upload before was cut off. What is there already is known by the SHA-256 of the image in the blob's
/// metadata, and for a block blob by names of blocks that are digests: pieces of two images are never put together.
/// </summary>
public sealed class BlobUpload(BlobClient blob, BlobUploadOptions options)
{
    /// <summary>The metadata that holds the SHA-256 of the image, lower-case hex.</summary>
    public const string DigestName = "coveimage";

    private const string CompleteName = "covecomplete";
    private const int Piece = BlobClient.LargestWrite;

    private long sent;
    private long resumed;

    /// <summary>Uploads an image.</summary>
    /// <param name="image">The image; for a page blob a multiple of 512 bytes.</param>
    /// <param name="progress">Told how many bytes of the image are there; null for nobody.</param>
    /// <param name="cancellation">Gives up; the next upload goes on.</param>
    /// <exception cref="BlobRefusedException">The service does not take it.</exception>
    /// <exception cref="Cove.Outcomes.UnavailableException">The service does not answer, or the image cannot be read.</exception>
    public async Task<BlobUploadResult> PushAsync(IVolumeStore image, IProgress<long>? progress, CancellationToken cancellation)
    {
        if (options.AsPageBlob && image.Length % BlobClient.PageBytes != 0) throw new ArgumentException("a page blob is whole pages of 512 bytes", nameof(image));
        if (options.CreateContainer) await CreateContainerAsync(cancellation);
        var digest = await DigestAsync(image, cancellation);
        var facts = await blob.FindAsync(cancellation);
        var same = facts is not null && facts.Length == image.Length && facts.IsPageBlob == options.AsPageBlob && facts.Metadata.GetValueOrDefault(DigestName) == digest;
        if (same && facts!.Metadata.ContainsKey(CompleteName))
        {
            progress?.Report(image.Length);
            return new BlobUploadResult(image.Length, 0, image.Length, digest);
        }

        if (options.AsPageBlob) await PushPagesAsync(image, digest, same, progress, cancellation);
        else await PushBlocksAsync(image, digest, progress, cancellation);
        return new BlobUploadResult(image.Length, sent, resumed, digest);
    }

    private async Task PushPagesAsync(IVolumeStore image, string digest, bool same, IProgress<long>? progress, CancellationToken cancellation)
    {
        var present = same ? await BlobLists.PageRangesAsync(blob, cancellation) : [];
        if (!same)
        {
            await PutAsync("", null, cancellation, ("x-ms-blob-type", "PageBlob"), ("x-ms-blob-content-length", BlobClient.Invariant($"{image.Length}")), (Metadata(DigestName), digest));
        }

        await EachPieceAsync(image, progress, async (offset, data, token) =>
        {
            // Pages that were never written are zero.
            if (data.Span.IndexOfAnyExcept((byte)0) < 0) return;
            if (present.Any(range => range.Start <= offset && range.End >= offset + data.Length))
            {
                Interlocked.Add(ref resumed, data.Length);
                return;
            }

            await blob.WritePagesAsync(offset, data, token);
            Interlocked.Add(ref sent, data.Length);
        }, cancellation);
        await PutAsync("comp=metadata", null, cancellation, (Metadata(DigestName), digest), (Metadata(CompleteName), "true"));
    }

    private async Task PushBlocksAsync(IVolumeStore image, string digest, IProgress<long>? progress, CancellationToken cancellation)
    {
        var present = await BlobLists.UncommittedBlocksAsync(blob, cancellation);
        var names = new string[(image.Length + Piece - 1) / Piece];
        await EachPieceAsync(image, progress, async (offset, data, token) =>
        {
            var index = offset / Piece;
            var name = Convert.ToBase64String(Encoding.ASCII.GetBytes(BlobClient.Invariant($"{index:D6}-{Convert.ToHexStringLower(SHA256.HashData(data.Span).AsSpan(0, 16))}")));
            names[index] = name;
            if (present.Contains(name))
            {
                Interlocked.Add(ref resumed, data.Length);
                return;
            }

            await PutAsync($"comp=block&blockid={Uri.EscapeDataString(name)}", data, token);
            Interlocked.Add(ref sent, data.Length);
        }, cancellation);
        await PutAsync("comp=blocklist", BlobLists.Commit(names), cancellation, (Metadata(DigestName), digest), (Metadata(CompleteName), "true"));
    }

    private async Task EachPieceAsync(
        IVolumeStore image, IProgress<long>? progress, Func<long, ReadOnlyMemory<byte>, CancellationToken, Task> send, CancellationToken cancellation)
    {
        var done = 0L;
        await Parallel.ForAsync(0, (image.Length + Piece - 1) / Piece, new ParallelOptions { MaxDegreeOfParallelism = options.Parallel, CancellationToken = cancellation }, async (index, token) =>
        {
            var offset = index * Piece;
            var data = new byte[Math.Min(Piece, image.Length - offset)];
            await image.ReadAsync(offset, data, token);
            await send(offset, data, token);
            progress?.Report(Interlocked.Add(ref done, data.Length));
        });
    }

    private Task CreateContainerAsync(CancellationToken cancellation) => blob.Transport.SendAsync(
        () =>
        {
            var request = new HttpRequestMessage(HttpMethod.Put, blob.Address.ContainerWith("restype=container")) { Content = new ByteArrayContent([]) };
            if (options.PublicRead) request.Headers.TryAddWithoutValidation("x-ms-blob-public-access", "blob");
            return request;
        },
        BlobClient.Nothing,
        [HttpStatusCode.Created, HttpStatusCode.Conflict],
        cancellation);

    private Task PutAsync(string query, ReadOnlyMemory<byte>? body, CancellationToken cancellation, params (string Name, string Value)[] headers) => blob.Transport.SendAsync(
        () =>
        {
            var request = new HttpRequestMessage(HttpMethod.Put, blob.Address.With(query)) { Content = BlobClient.Bytes(body ?? default) };
            foreach (var (name, value) in headers) request.Headers.TryAddWithoutValidation(name, value);
            return request;
        },
        BlobClient.Nothing,
        [HttpStatusCode.Created, HttpStatusCode.OK],
        cancellation);

    private static string Metadata(string name) => "x-ms-meta-" + name;

    private static async Task<string> DigestAsync(IVolumeStore image, CancellationToken cancellation)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var buffer = new byte[Piece];
        for (var offset = 0L; offset < image.Length; offset += buffer.Length)
        {
            var piece = buffer.AsMemory(0, (int)Math.Min(buffer.Length, image.Length - offset));
            await image.ReadAsync(offset, piece, cancellation);
            hash.AppendData(piece.Span);
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }
}
