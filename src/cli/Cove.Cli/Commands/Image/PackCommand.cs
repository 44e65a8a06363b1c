using System.CommandLine;
using Cove.Cli.Output;
using Cove.Cli.Shell;
using Cove.Images.Oci;
using Cove.Images.Packing;
using Cove.Images.Store;

namespace Cove.Cli.Commands.Image;

internal sealed class PackCommand : CoveCommand
{
    private readonly Argument<string[]> folders = new("folder") { Description = "the root file system; several folders become several layers, base first", Arity = ArgumentArity.OneOrMore };
    private readonly Option<string> name = new("--name", "-n") { HelpName = "name", Description = "the image's name in the store, e.g. app:1", Required = true };
    private readonly Option<string[]> entrypoint = Words("--entrypoint", "word", "the program and its fixed arguments, one word each time");
    private readonly Option<string[]> command = Words("--cmd", "word", "an argument that a template may replace, one word each time");
    private readonly Option<string[]> environment = Words("--env", "NAME=VALUE", "an environment variable; may be given several times", "-e");
    private readonly Option<string[]> labels = Words("--label", "NAME=VALUE", "a label; may be given several times", "-l");
    private readonly Option<string[]> ports = Words("--port", "port", "a port that the program listens on, e.g. 8080 or 53/udp");
    private readonly Option<string?> user = new("--user", "-u") { HelpName = "user[:group]", Description = "who runs it; by default root" };
    private readonly Option<string?> directory = new("--workdir", "-w") { HelpName = "path", Description = "the working directory in the container" };
    private readonly Option<bool> keepOwners = new("--keep-owners") { Description = "keep the owners of files on disk; by default all belong to root" };
    private readonly Option<string?> output = new("--output", "-o") { HelpName = "file", Description = "also write the image as an OCI archive, which container engines load" };

    public PackCommand()
        : base("pack", "make an OCI image from a folder")
    {
        Add(folders);
        foreach (var option in (Option[])[name, entrypoint, command, environment, labels, ports, user, directory, keepOwners, output]) Add(option);
        Details = "The same files and options give the same image, byte for byte: no clock and no file order of the disk goes into it. SOURCE_DATE_EPOCH sets the time stamps.";
        Example("cove image pack rootfs --name app:1 --entrypoint /bin/app", "an image of one layer");
        Example("cove image pack base app --name app:1 --entrypoint /bin/app --env LANG=C --user 1000 -o app.tar", "two layers, also as an archive");
    }

    protected internal override async Task<Answer> Run(Invocation call, CancellationToken cancellation)
    {
        var store = new ImageStore(CoveHome.Ensure(call.Home.Images));
        var reference = ImageReference.Parse(call.Get(name)!);
        if (reference.Tag is null) throw CommandFailedException.Usage("image-name-pinned", $"a digest cannot be given as a name, {call.Get(name)}");
        var recipe = Recipe(call);
        using var progress = call.Terminal.Progress($"packing {reference}");
        var image = await Task.Run(() => ImagePacker.Pack(recipe, store, cancellation), cancellation);
        progress.Next("hashing its layers");
        var shown = await ImagePage.Describe(store, image, [reference.ToString()], cancellation);
        if (call.Get(output) is { } file) await Task.Run(() => Export(store, image, reference, call.FullPath(file)), cancellation);
        store.SetName(reference, image);
        return Answer.Of(shown, ImageJson.Default.ShownImage, ImagePage.Write);
    }

    private ImageRecipe Recipe(Invocation call) => new()
    {
        Layers = [.. call.Get(folders).Select(folder => new PackedLayer(Folder(call, folder), call.Get(keepOwners)))],
        Entrypoint = call.Get(entrypoint) ?? [],
        Command = call.Get(command) ?? [],
        Environment = call.Get(environment) ?? [],
        Labels = Labels(call.Get(labels) ?? []),
        ExposedPorts = call.Get(ports) ?? [],
        User = call.Get(user) ?? "",
        WorkingDirectory = call.Get(directory) ?? "",
        Time = Time(call.Surroundings.Environment("SOURCE_DATE_EPOCH")),
    };

    private static string Folder(Invocation call, string folder) => Directory.Exists(call.FullPath(folder))
        ? call.FullPath(folder)
        : throw CommandFailedException.Usage("folder-not-found", $"no such folder, {folder}");

    private static SortedDictionary<string, string> Labels(string[] given)
    {
        var all = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (var label in given)
        {
            if (label.Split('=', 2) is not [{ Length: > 0 } key, var value]) throw CommandFailedException.Usage("label-invalid", $"is not NAME=VALUE, --label {label}");
            all[key] = value;
        }

        return all;
    }

    private static long Time(string? epoch)
    {
        if (epoch is null) return 0;
        return long.TryParse(epoch, out var seconds) && seconds >= 0
            ? seconds
            : throw CommandFailedException.Usage("time-invalid", $"is not seconds since 1970, SOURCE_DATE_EPOCH={epoch}");
    }

    private static void Export(ImageStore store, StoredImage image, ImageReference name, string path)
    {
        using var file = new FileStream(path, FileMode.Create, FileAccess.Write, FileShare.None);
        ImageExport.WriteArchive(store, image, name, file);
    }

    private static Option<string[]> Words(string option, string value, string description, params string[] aliases) =>
        new(option, aliases) { HelpName = value, Description = description, AllowMultipleArgumentsPerToken = false };
}
