using Cove.Cli.Development;
using Cove.Images.Oci;
using Cove.Images.Packing;
using Cove.Images.Store;
using Cove.Policy.Model;

namespace Cove.Cli.Projects;

/// <summary>Brings the images of a project's containers to where they can be hashed and handed to a guest.</summary>
internal sealed class ProjectImages(Invocation call, Project project)
{
    private readonly ImageStore store = new(call.Home.Images);

    /// <summary>Packs the images that <c>cove.json</c> describes, and hashes the layers of every image that the group uses.</summary>
    /// <exception cref="CommandFailedException">An image is neither described nor in the store.</exception>
    public async Task<PreparedImages> PrepareAsync(ContainerGroup group, Progress progress, CancellationToken cancellation)
    {
        var packed = new List<PackedImage>();
        foreach (var (name, image) in project.File.Images)
        {
            progress.Next($"packing {name}");
            packed.Add(await PackAsync(name, image, cancellation));
        }

        var prepared = new Dictionary<string, PreparedImage>();
        foreach (var name in group.AllContainers.Select(container => container.Image).Distinct())
        {
            progress.Next($"hashing {name}");
            prepared[name] = await Task.Run(() => Prepare(name, cancellation), cancellation);
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
            if (image.Directory is { } folder) layers.Add(new PackedLayer(Path.GetFullPath(folder, project.Folder)));
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

    private PreparedImage Prepare(string name, CancellationToken cancellation)
    {
        var image = store.Find(ImageReference.Parse(name)) ?? throw CommandFailedException.Usage(
            "image-unknown", $"no image of this name in the store, {name}", $"cove image import ARCHIVE, or describe it under \"images\" in {ProjectFile.Name}");
        var configuration = image.Configuration;
        var paths = image.Layers.Select(layer => store.EnsureExt4(layer, cancellation)).ToList();
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
