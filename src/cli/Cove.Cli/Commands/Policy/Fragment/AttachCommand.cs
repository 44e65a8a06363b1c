using System.CommandLine;
using Cove.Cli.Registry;
using Cove.Images.Oci;
using Cove.Images.Registry;
using Cove.Policy.Fragments;

namespace Cove.Cli.Commands.Policy.Fragment;

internal sealed class AttachCommand : CoveCommand
{
    private readonly Argument<string> signed = new("fragment") { Description = "a signed fragment" };
    private readonly Argument<string> image = new("image") { Description = "the image that it is about, with its registry; or the folder of an image layout" };
    private readonly Option<bool> standalone = new("--standalone") { Description = "store it under this name itself, instead of attaching it to an image" };
    private readonly RegistryOptions registry = new();

    public AttachCommand()
        : base("attach", "put a signed fragment into a registry, beside the image that it is about")
    {
        Add(signed);
        Add(image);
        Add(standalone);
        registry.AddTo(this);
        Details = "It becomes an artifact of type application/x-ms-ccepolicy-frag that refers to the image, as az confcom fragment attach and oras attach make it; with --standalone "
            + "one of its own, as az confcom fragment push. Only a fragment whose signature holds is stored.";
        Example("cove policy fragment attach contoso.rego.cose sidecar-layout", "beside the image of a layout in a folder");
        Example("cove policy fragment attach contoso.rego.cose registry.example/sidecar:1", "beside its image");
        Example("cove policy fragment attach contoso.rego.cose registry.example/fragments/sidecar:1 --standalone", "under a name of its own");
    }

    protected internal override async Task<Answer> Run(Invocation call, CancellationToken cancellation)
    {
        var path = call.Get(signed);
        await FragmentFile.Verified(call, path, cancellation);
        var content = await call.Read(path, AttachedFile.MaximumSize, cancellation);
        var file = new AttachedFile(FragmentMediaTypes.Fragment, content);
        var title = Path.GetFileName(path);
        if (call.FullPath(call.Get(image)) is var folder && LayoutArtifacts.IsLayout(folder))
        {
            if (call.Get(standalone)) throw CommandFailedException.Usage("options-conflict", "a layout has one image, and a fragment in it is about that: without --standalone");
            return Attached(LayoutArtifacts.Attach(folder, FragmentMediaTypes.Artifact, file, title), call.Get(image));
        }

        var reference = ImageReference.Parse(call.Get(image));
        using var credentials = await registry.Read(call, cancellation);
        using var http = call.RegistryHttp();
        using var progress = call.Terminal.Progress($"attaching to {reference}");
        var client = new RegistryClient(http, reference.Registry, credentials);
        var digest = await Task.Run(
            () => call.Get(standalone)
                ? RegistryImages.Push(client, reference, FragmentMediaTypes.Artifact, file, title, cancellation)
                : RegistryImages.Attach(client, reference, FragmentMediaTypes.Artifact, file, title, cancellation),
            cancellation);
        return Attached(digest, reference.ToString());
    }

    private static Answer Attached(Digest artifact, string image) => Answer.Of(page => page.Line(artifact.ToString()), writer =>
    {
        writer.WriteStartObject();
        writer.WriteString("artifact", artifact.ToString());
        writer.WriteString("image", image);
        writer.WriteEndObject();
    });
}
