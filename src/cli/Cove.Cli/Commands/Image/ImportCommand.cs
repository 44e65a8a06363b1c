using System.CommandLine;
using Cove.Cli.Output;
using Cove.Cli.Shell;
using Cove.Images.Oci;
using Cove.Images.Store;

namespace Cove.Cli.Commands.Image;

internal sealed class ImportCommand : CoveCommand
{
    private readonly Argument<string> source = new("source") { Description = "an OCI layout folder, an OCI archive, or what docker save wrote" };
    private readonly Option<string?> name = new("--name", "-n") { HelpName = "name", Description = "the name to give it, instead of the one it carries" };

    public ImportCommand()
        : base("import", "take an image into the store, after checking every digest in it")
    {
        Add(source);
        Add(name);
        Example("cove image import app.tar", "an archive, under the names it carries");
        Example("docker save app:1 -o app.tar && cove image import app.tar", "an image that Docker has");
        Example("cove image import layout/ --name app:1", "a layout folder, under a name of your own");
    }

    protected internal override async Task<Answer> Run(Invocation call, CancellationToken cancellation)
    {
        var path = call.Get(source);
        var full = call.FullPath(path);
        if (!File.Exists(full) && !Directory.Exists(full)) throw CommandFailedException.Usage("file-not-found", $"no such file or folder, {path}");
        var store = new ImageStore(CoveHome.Ensure(call.Home.Images));
        var reference = call.Get(name) is { } given ? ImageReference.Parse(given) : null;
        using var progress = call.Terminal.Progress($"importing {path}");
        var imported = await Task.Run(() => store.Import(full, reference, cancellation), cancellation);
        var shown = new List<ShownImage>();
        foreach (var image in imported)
            shown.Add(await ImagePage.Describe(store, image.Image, [.. image.Names.Select(n => n.ToString())], cancellation));
        return Answer.Of([.. shown], ImageJson.Default.ShownImageArray, static (page, all) => Array.ForEach(all, image => ImagePage.Write(page, image)));
    }
}
