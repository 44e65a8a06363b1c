using Cove.Cli.Development;
using Cove.Images.Oci;
using Cove.Images.Packing;
using Cove.Images.Store;
using Cove.Policy.Model;

namespace Cove.Cli.Projects;

/// <summary>Brings the images of a project's containers to where they can be hashed and handed to a guest.</summary>
/// <param name="call">The command's call.</param>
/// <param name="file">What <c>cove.json</c> says of images.</param>
/// <param name="folder">The folder that it speaks of.</param>
/// <param name="pull">Fetches an image that the store does not have; null to fail.</param>
internal sealed class ProjectImages(Invocation call, ProjectFile file, string folder, Func<ImageReference, CancellationToken, StoredImage>? pull = null)
{
    private readonly ImageStore store = new(call.Home.Images);

    /// <summary>Packs the images that <c>cove.json</c> describes, and hashes the layers of every image that the group uses.</summary>
    /// <exception cref="CommandFailedException">An image is neither described nor in the store.</exception>
    /// <param name="group">The group.</param>
    /// <param name="progress">Told what is done.</param>
    /// <param name="forRunning">Whether the layers are needed as files, not only their hashes.</param>
    /// <param name="cancellation">Stops between pieces of a layer.</param>
    public async Task<PreparedImages> PrepareAsync(ContainerGroup group, Progress progress, bool forRunning, CancellationToken cancellation)
    {
        var packed = new List<PackedImage>();
        foreach (var (name, image) in file.Images)
        {
            progress.Next($"packing {name}");
            packed.Add(await PackAsync(name, image, cancellation));
        }

        var prepared = new Dictionary<string, PreparedImage>();
        foreach (var name in group.AllContainers.Select(container => container.Image).Distinct())
        {
            progress.Next($"hashing {name}");
            prepared[name] = await Task.Run(() => Prepare(name, progress, forRunning, cancellation), cancellation);
        }

        return new PreparedImages(packed, prepared);
    }

    private async Task<PackedImage> PackAsync(string name, ProjectImage image, CancellationToken cancellation)
    {
        var programs = Directory.CreateTempSubdirectory("cove-image-").FullName;
        try
        {
            var layers = new List<PackedLayer>();
            if (image.Product is { } product) layers.Add(new PackedLayer(Product.ImageFolder(product)));
            foreach (var program in image.Programs) await HostPrograms.CopyAsync(program, programs, cancellation);
            if (image.Programs.Count > 0) layers.Add(new PackedLayer(programs));
            if (image.Directory is { } root) layers.Add(new PackedLayer(Path.GetFullPath(root, folder)));
            var recipe = new ImageRecipe
            {
                Layers = layers,
                Entrypoint = image.Entrypoint,
                Command = image.Command,
                Environment = image.Env,
                User = image.User ?? "",
                WorkingDirectory = image.WorkingDirectory ?? "",
            };
            var stored = await Task.Run(() => ImagePacker.Pack(recipe, store, cancellation), cancellation);
            store.SetName(ImageReference.Parse(name), stored);
            return new PackedImage(name, layers.Count);
        }
        finally
        {
            Directory.Delete(programs, recursive: true);
        }
    }

    private PreparedImage Prepare(string name, Progress progress, bool forRunning, CancellationToken cancellation)
    {
        var reference = ImageReference.Parse(name);
        var image = store.Find(reference) ?? pull?.Invoke(reference, cancellation) ?? throw CommandFailedException.Usage(
            "image-unknown", $"no image of this name in the store, {name}", $"cove image pull {name}, cove image import ARCHIVE, or describe it under \"images\" in {ProjectFile.Name}");
        var configuration = image.Configuration;
        foreach (var (layer, i) in image.Layers.Select((layer, i) => (layer, i)))
        {
            progress.Next($"hashing {name}, layer {i + 1} of {image.Layers.Count}");
            store.Hash(layer, cancellation);
        }

        var paths = forRunning ? image.Layers.Select(layer => store.EnsureExt4(layer, cancellation)).ToList() : [];
        var facts = new ImageFacts
        {
            Layers = store.Hash(image, cancellation).RootHashes,
            Entrypoint = configuration.Entrypoint.Count > 0 ? configuration.Entrypoint : null,
            Cmd = configuration.Command.Count > 0 ? configuration.Command : null,
            Environment = configuration.Environment,
            User = configuration.User,
            WorkingDirectory = configuration.WorkingDirectory,
            StopSignal = configuration.StopSignal.Length > 0 ? configuration.StopSignal : null,
        };
        return new PreparedImage(facts, paths);
    }
}

/// <summary>An image that was packed.</summary>
internal sealed record PackedImage(string Name, int Layers);

/// <summary>An image ready to be run.</summary>
/// <param name="Facts">What the policy needs to know of it.</param>
/// <param name="Layers">Files with its layers' ext4 images, base layer first.</param>
internal sealed record PreparedImage(ImageFacts Facts, IReadOnlyList<string> Layers);

/// <summary>Every image of a group, ready to be run.</summary>
internal sealed record PreparedImages(IReadOnlyList<PackedImage> Packed, IReadOnlyDictionary<string, PreparedImage> Images)
{
    public ImageFacts Facts(string name) => Images[name].Facts;

    public IReadOnlyList<string> Layers(string name) => Images[name].Layers;
}
