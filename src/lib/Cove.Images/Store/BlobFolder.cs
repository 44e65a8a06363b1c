using System.Buffers;
using Cove.Images.Layers;
using Cove.Images.Oci;
using Cove.Outcomes;

namespace Cove.Images.Store;

/// <summary>Content under its digest: <c>blobs/sha256/HEX</c>, as an OCI image layout has it.</summary>
internal sealed class BlobFolder(string root, string temporaryFolder)
{
    private const int CopyBuffer = 1 << 20;

    public string PathOf(Digest digest) => Path.Combine(root, "blobs", "sha256", digest.Hex);

    public bool Has(Descriptor descriptor) => new FileInfo(PathOf(descriptor.Digest)) is { Exists: true } file && file.Length == descriptor.Size;

    /// <summary>Stores a JSON document.</summary>
    public Digest Add(ReadOnlySpan<byte> content)
    {
        var digest = Digest.Of(content);
        var there = new FileInfo(PathOf(digest));
        if (!there.Exists || there.Length != content.Length || Digest.Of(File.ReadAllBytes(there.FullName)) != digest)
            AtomicFile.Write(there.FullName, temporaryFolder, content);
        return digest;
    }

    /// <summary>Stores a JSON document of a type.</summary>
    public Descriptor AddDocument(string mediaType, byte[] content) => new(mediaType, Add(content), content.Length);

    /// <summary>
    /// Stores what a callback writes. It is called once without keeping anything, to learn what it would write, and again only when the
    /// store does not have that: packing the same files again writes nothing.
    /// </summary>
    public Descriptor AddNew(Func<Stream, Descriptor> write)
    {
        var descriptor = write(Stream.Null);
        if (Has(descriptor)) return descriptor;
        return AtomicFile.Write("blob", temporaryFolder, file =>
        {
            var written = write(file);
            return (PathOf(written.Digest), written);
        });
    }

    public FileStream Open(Digest digest) => new(PathOf(digest), FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 0);

    /// <summary>Stores what a stream holds, if it is what the descriptor says.</summary>
    /// <exception cref="MalformedException">Another size or digest; then nothing is stored.</exception>
    public void Add(Descriptor expected, Stream content, CancellationToken cancellation)
    {
        if (content.Length != expected.Size) throw OciJson.Wrong($"blob {expected.Digest}", $"is {content.Length} bytes, expected {expected.Size}");
        var path = PathOf(expected.Digest);
        AtomicFile.Write(path, temporaryFolder, file =>
        {
            using var digesting = new DigestingStream(content);
            Copy(digesting, file, cancellation);
            if (digesting.Digest() is var actual && actual != expected.Digest) throw OciJson.Wrong($"blob {expected.Digest}", $"has the digest {actual}");
            return (path, 0);
        });
    }

    /// <summary>A whole JSON document, its digest checked again.</summary>
    /// <returns>Null when there is no such blob.</returns>
    /// <exception cref="MalformedException">The file was changed, or is too large for a document.</exception>
    public byte[]? TryReadJson(Digest digest)
    {
        var file = new FileInfo(PathOf(digest));
        if (!file.Exists) return null;
        if (file.Length > OciLimits.MaximumJson) throw OciJson.Wrong($"blob {digest}", $"is {file.Length} bytes, at most {OciLimits.MaximumJson} are taken");
        var content = File.ReadAllBytes(file.FullName);
        return Digest.Of(content) is var actual && actual == digest ? content : throw OciJson.Wrong($"stored blob {digest}", $"has the digest {actual}");
    }

    private static void Copy(Stream from, Stream to, CancellationToken cancellation)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(CopyBuffer);
        try
        {
            while (from.Read(buffer) is > 0 and var count)
            {
                cancellation.ThrowIfCancellationRequested();
                to.Write(buffer, 0, count);
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }
}
