using System.Globalization;
using Cove.Cli.Output;
using Cove.Cli.Shell;
using Cove.Images.Oci;
using Cove.Images.Store;

namespace Cove.Cli.Commands.Image;

/// <summary>How a stored image is looked up and shown.</summary>
internal static class ImagePage
{
    /// <summary>The image that a user named.</summary>
    /// <exception cref="CommandFailedException">There is none of this name.</exception>
    public static StoredImage Find(ImageStore store, string name) =>
        store.Find(ImageReference.Parse(name)) ?? throw CommandFailedException.Usage("image-unknown", $"no such image in the store, {name}", "cove image list");

    /// <summary>Hashes what is not hashed yet, which may take a while for large layers.</summary>
    public static Task<ShownImage> Describe(ImageStore store, StoredImage image, IReadOnlyList<string> names, CancellationToken cancellation) => Task.Run(
        () =>
        {
            var facts = store.Hash(image, cancellation).Layers;
            var configuration = image.Configuration;
            return new ShownImage(
                names,
                image.Digest.ToString(),
                configuration.Created,
                configuration.Entrypoint,
                configuration.Command,
                configuration.Environment,
                configuration.User,
                configuration.WorkingDirectory,
                configuration.Labels,
                configuration.ExposedPorts,
                [.. facts.Zip(image.Layers, (layer, stored) => new ShownLayer(layer.Root.Hex, layer.DiffId.ToString(), stored.Blob.Size))]);
        },
        cancellation);

    public static void Write(Page page, ShownImage image)
    {
        page.Line(page.Strong(image.Names.Count > 0 ? string.Join(", ", image.Names) : image.Digest));
        Field(page, "digest", image.Digest);
        if (image.Created is { } created) Field(page, "created", created.ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture) + " UTC");
        if (image.Entrypoint.Count > 0) Field(page, "entrypoint", string.Join(' ', image.Entrypoint));
        if (image.Command.Count > 0) Field(page, "command", string.Join(' ', image.Command));
        foreach (var variable in image.Environment) Field(page, "env", variable);
        Field(page, "user", image.User.Length > 0 ? image.User : "root, unless the template names one");
        if (image.WorkingDirectory.Length > 0) Field(page, "directory", image.WorkingDirectory);
        foreach (var (name, value) in image.Labels) Field(page, "label", $"{name}={value}");
        foreach (var port in image.ExposedPorts) Field(page, "port", port);
        foreach (var layer in image.Layers) Field(page, "layer", $"{layer.RootHash}  {Quantity.Bytes(layer.Size)}");
    }

    private static void Field(Page page, string name, string value) => page.Line($"  {name,-10}  {value}");
}
