using System.Security.Cryptography;
using Cove.Images.Oci;
using Cove.Images.Store;
using Cove.Images.Tar;
using Cove.Outcomes;

namespace Cove.Images.Packing;

/// <summary>
/// Makes an OCI image from folders, the same one every time: names sorted, one time stamp, owners 0 unless told otherwise, layers
/// uncompressed (compression differs from library to library). Modes, symbolic and hard links, devices and FIFOs are kept; extended
/// attributes are not.
/// </summary>
public static class ImagePacker
{
    /// <summary>Packs into a store, without giving a name.</summary>
    /// <exception cref="MalformedException">The recipe, or a file in a folder, is nothing that an image can hold.</exception>
    /// <exception cref="IOException">A file could not be read, or changed meanwhile.</exception>
    public static StoredImage Pack(ImageRecipe recipe, ImageStore store, CancellationToken cancellation = default)
    {
        Check(recipe);
        var layers = recipe.Layers.Select(layer => PackLayer(layer, recipe.Time, store, cancellation)).ToList();
        var configuration = store.Blobs.AddDocument(
            MediaTypes.Configuration,
            new ImageConfiguration
            {
                DiffIds = [.. layers.Select(layer => layer.Digest)],
                Entrypoint = recipe.Entrypoint,
                Command = recipe.Command,
                Environment = recipe.Environment,
                User = recipe.User,
                WorkingDirectory = recipe.WorkingDirectory,
                Labels = recipe.Labels,
                ExposedPorts = [.. recipe.ExposedPorts.Select(port => port.Contains('/', StringComparison.Ordinal) ? port : $"{port}/tcp")],
                Created = DateTimeOffset.FromUnixTimeSeconds(recipe.Time),
            }.Write());
        var manifest = store.Blobs.AddDocument(MediaTypes.Manifest, new ImageManifest(configuration, layers).Write());
        return store.Find(ImageReference.Pinned(manifest.Digest)) ?? throw new IOException($"image {manifest.Digest} disappeared from {store.Folder}");
    }

    private static void Check(ImageRecipe recipe)
    {
        if (recipe.Layers.Count is 0 or > OciLimits.MaximumLayers) throw Wrong("layers", $"are {recipe.Layers.Count}, expected 1 to {OciLimits.MaximumLayers}");
        if (recipe.Time < 0) throw Wrong("time", "is before 1970");
        if (recipe.WorkingDirectory.Length > 0 && !recipe.WorkingDirectory.StartsWith('/')) throw Wrong("working directory", "is not absolute");
        var odd = recipe.Environment.FirstOrDefault(variable => variable.IndexOf('=', StringComparison.Ordinal) <= 0);
        if (odd is not null) throw Wrong("environment", $"'{odd}' is not NAME=VALUE");
        var port = recipe.ExposedPorts.FirstOrDefault(p => !ushort.TryParse(p.Split('/')[0], out var number) || number == 0 || p.Split('/') is not ([_] or [_, "tcp" or "udp" or "sctp"]));
        if (port is not null) throw Wrong("exposed port", $"'{port}' is not PORT or PORT/PROTOCOL");
        var missing = recipe.Layers.FirstOrDefault(layer => !Directory.Exists(layer.Folder));
        if (missing is not null) throw Wrong("folder", $"'{missing.Folder}' does not exist");
    }

    private static Descriptor PackLayer(PackedLayer layer, long time, ImageStore store, CancellationToken cancellation) => store.Blobs.AddNew(file =>
    {
        long length;
        using var hash = SHA256.Create();
        using (var digesting = new CryptoStream(file, hash, CryptoStreamMode.Write, leaveOpen: true))
        using (var buffered = new BufferedStream(digesting, 1 << 17))
        {
            var tar = new TarWriter(buffered);
            new FolderArchive(tar, layer.KeepOwners, time, cancellation).Write(layer.Folder);
            tar.Finish();
            length = tar.Length;
        }

        return new Descriptor(MediaTypes.Layer, Digest.FromHash(hash.Hash), length);
    });

    private static MalformedException Wrong(string field, string problem) => new("image recipe", field, problem);
}
