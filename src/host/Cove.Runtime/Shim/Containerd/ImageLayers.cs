using System.Text.Json;
using Cove.Images.Layers;
using Cove.Images.Oci;
using Cove.Outcomes;
using Cove.Runtime.Shim.Ttrpc;

namespace Cove.Runtime.Shim.Containerd;

/// <summary>
/// A container's layers as file systems that a guest can check: packed from the blobs of its image, which give the very hash that the policy
/// names. What the snapshotter unpacked is not used: a guest could not tell whether it was changed since. Packed once and kept by digest.
/// </summary>
/// <param name="client">Has the blobs.</param>
/// <param name="folder">Where file systems are kept.</param>
internal sealed class ImageLayers(ContainerdClient client, string folder)
{
    private const int MaxDocument = 4 * 1024 * 1024;
    private const int MaxIndexDepth = 3;

    /// <summary>Paths of the container's layers, base first.</summary>
    public async Task<IReadOnlyList<string>> OfAsync(string container, CancellationToken cancellation)
    {
        var image = await client.ImageOfAsync(container, cancellation);
        if (image.Length == 0) throw TtrpcException.NotNow($"container {container} has no image: a guest takes only layers of images, as its policy names them");
        var manifest = await ManifestAsync(await client.DigestOfAsync(image, cancellation), cancellation);
        var configuration = ImageConfiguration.Parse(await DocumentAsync(manifest.Configuration.Digest.ToString(), cancellation));
        if (configuration.DiffIds.Count != manifest.Layers.Count) throw new MalformedException("OCI image", "diff_ids", "are not as many as there are layers");
        Directory.CreateDirectory(folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        var paths = new List<string>();
        foreach (var (layer, diffId) in manifest.Layers.Zip(configuration.DiffIds)) paths.Add(await EnsureAsync(layer, diffId, cancellation));
        return paths;
    }

    private async Task<ImageManifest> ManifestAsync(string digest, CancellationToken cancellation)
    {
        for (var depth = 0; depth <= MaxIndexDepth; depth++)
        {
            var json = await DocumentAsync(digest, cancellation);
            if (IndexChoice(json) is not { } chosen) return ImageManifest.Parse(json);
            digest = chosen;
        }

        throw new MalformedException("OCI image", "index", "is nested too deeply");
    }

    private async Task<byte[]> DocumentAsync(string digest, CancellationToken cancellation)
    {
        await using var blob = await client.ReadAsync(digest, cancellation);
        var json = new byte[MaxDocument + 1];
        var read = await Task.Run(() => blob.ReadAtLeast(json, json.Length, throwOnEndOfStream: false), cancellation);
        if (read > MaxDocument) throw new MalformedException("OCI image", digest, $"has more than {MaxDocument} bytes");
        Array.Resize(ref json, read);
        return Digest.Of(json).ToString() == digest ? json : throw new MalformedException("OCI image", digest, "has another content");
    }

    /// <summary>The entry for linux/amd64, or null where this is no index.</summary>
    internal static string? IndexChoice(byte[] json)
    {
        using var document = JsonDocument.Parse(json);
        if (!document.RootElement.TryGetProperty("manifests", out var manifests)) return null;
        var entry = manifests.EnumerateArray().FirstOrDefault(one => !one.TryGetProperty("platform", out var platform)
            || (platform.GetProperty("os").GetString() == "linux" && platform.GetProperty("architecture").GetString() == "amd64"));
        return entry.ValueKind == JsonValueKind.Undefined ? throw new MalformedException("OCI image", "manifests", "have none for linux/amd64") : entry.GetProperty("digest").GetString();
    }

    private async Task<string> EnsureAsync(Descriptor layer, Digest diffId, CancellationToken cancellation)
    {
        var path = Path.Combine(folder, diffId.Hex + ".ext4");
        if (File.Exists(path)) return path;
        var part = Path.Combine(folder, $".{diffId.Hex}-{Guid.NewGuid():n}");
        try
        {
            await using var blob = await client.ReadAsync(layer.Digest.ToString(), cancellation);
            await using (var file = new FileStream(part, FileMode.CreateNew, FileAccess.ReadWrite))
            {
                var facts = await Task.Run(() => LayerHasher.WriteExt4(blob, file, cancellation), cancellation);
                if (facts.DiffId != diffId) throw new MalformedException("OCI image", $"layer {layer.Digest}", $"unpacks to {facts.DiffId}, expected {diffId}");
            }

            // Whole or not at all: several pods may need it at once.
            File.Move(part, path, overwrite: true);
            return path;
        }
        finally
        {
            File.Delete(part);
        }
    }
}
