using System.CommandLine;
using Cove.Cli.Registry;
using Cove.Images.Oci;
using Cove.Images.Registry;
using Cove.Images.Store;

namespace Cove.Cli.Commands.Image;

internal sealed class PullCommand : CoveCommand
{
    private readonly Argument<string> image = new("image") { Description = "the image's name, with its registry unless that is docker.io" };
    private readonly RegistryOptions registry = new();

    public PullCommand()
        : base("pull", "fetch an image from a registry into the store")
    {
        Add(image);
        registry.AddTo(this);
        Details = "Takes the image for linux/amd64, checks every digest, and fetches no layer that is in the store already. A registry on this machine is asked without TLS, "
            + "every other one with it.";
        Example("cove image pull alpine:3.19", "from docker.io, as nobody in particular");
        Example("cove image pull registry.example/app:1 --user ci --password-from env://TOKEN", "with credentials");
    }

    protected internal override async Task<Answer> Run(Invocation call, CancellationToken cancellation)
    {
        var reference = ImageReference.Parse(call.Get(image));
        using var credentials = await registry.Read(call, cancellation);
        using var http = call.RegistryHttp();
        using var progress = call.Terminal.Progress($"pulling {reference}");
        var store = new ImageStore(CoveHome.Ensure(call.Home.Images));
        var pulled = await Task.Run(() => RegistryImages.Pull(new RegistryClient(http, reference.Registry, credentials), reference, store, cancellation), cancellation);
        return Answer.Of(await ImagePage.Describe(store, pulled, [reference.ToString()], cancellation), ImageJson.Default.ShownImage, ImagePage.Write);
    }
}
