using Cove.Cli.Output;
using Cove.Cli.Shell;
using Cove.Images.Store;

namespace Cove.Cli.Commands.Image;

internal sealed class ListCommand : CoveCommand
{
    public ListCommand()
        : base("list", "list the images in the store")
    {
        Example("cove image list", "names and digests");
    }

    protected internal override Task<Answer> Run(Invocation call, CancellationToken cancellation)
    {
        var images = new ImageStore(call.Home.Images).Names.Select(known => new ListedImage(known.Name, known.Digest.ToString())).ToArray();
        return Task.FromResult(Answer.Of(images, ImageJson.Default.ListedImageArray, static (page, all) =>
        {
            var table = new Table("name", "digest");
            foreach (var image in all) table.Row(image.Name, image.Digest);
            table.WriteTo(page);
        }));
    }
}
