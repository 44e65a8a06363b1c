using System.CommandLine;
using Cove.Cli.Output;
using Cove.Cli.Shell;
using Cove.Images.Oci;
using Cove.Images.Packing;
using Cove.Images.Store;

namespace Cove.Cli.Commands.Image;

internal sealed class ExportCommand : CoveCommand
{
    private readonly Argument<string> image = new("image") { Description = "a name or digest in the store" };
    private readonly Argument<string> target = new("target") { Description = "the file to write, or, ending in a slash, a new folder" };

    public ExportCommand()
        : base("export", "write an image as an OCI archive, or as a layout folder")
    {
        Add(image);
        Add(target);
        Example("cove image export app:1 app.tar", "an archive that container engines load");
        Example("cove image export app:1 layout/", "a layout folder");
    }

    protected internal override async Task<Answer> Run(Invocation call, CancellationToken cancellation)
    {
        var store = new ImageStore(call.Home.Images);
        var found = ImagePage.Find(store, call.Get(image));
        var reference = ImageReference.Parse(call.Get(image));
        var name = reference.Digest is null ? reference : null;
        var path = call.Get(target);
        using var progress = call.Terminal.Progress($"writing {path}");
        await Task.Run(() => Write(store, found, name, call.FullPath(path), path.EndsWith('/')), cancellation);
        return Answer.Of(new ExportedImage(call.Get(image), path), ImageJson.Default.ExportedImage, static (page, done) => page.Line($"wrote {done.Name} to {done.Path}"));
    }

    private static void Write(ImageStore store, StoredImage image, ImageReference? name, string path, bool folder)
    {
        if (folder)
        {
            ImageExport.WriteLayout(store, image, name, path);
            return;
        }

        using var file = new FileStream(path, FileMode.Create, FileAccess.Write, FileShare.None);
        ImageExport.WriteArchive(store, image, name, file);
    }
}
