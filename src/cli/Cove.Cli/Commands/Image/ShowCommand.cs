using System.CommandLine;
using Cove.Cli.Output;
using Cove.Cli.Shell;
using Cove.Images.Store;

namespace Cove.Cli.Commands.Image;

internal sealed class ShowCommand : CoveCommand
{
    private readonly Argument<string> image = new("image") { Description = "a name or digest in the store" };

    public ShowCommand()
        : base("show", "show an image: how it runs, and the root hash of each layer")
    {
        Add(image);
        Example("cove image show app:1", "what a policy of this image will say");
    }

    protected internal override async Task<Answer> Run(Invocation call, CancellationToken cancellation)
    {
        var store = new ImageStore(call.Home.Images);
        var name = call.Get(image);
        var found = ImagePage.Find(store, name);
        using var progress = call.Terminal.Progress($"hashing the layers of {name}");
        var names = store.Names.Where(known => known.Digest == found.Digest).Select(known => known.Name).ToArray();
        return Answer.Of(await ImagePage.Describe(store, found, names, cancellation), ImageJson.Default.ShownImage, ImagePage.Write);
    }
}
