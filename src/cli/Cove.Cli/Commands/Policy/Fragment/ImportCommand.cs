using System.CommandLine;
using Cove.Cli.Registry;
using Cove.Images.Oci;
using Cove.Images.Registry;
using Cove.Policy.Fragments;
using Cove.Policy.Generation;
using Cove.Policy.Model;

namespace Cove.Cli.Commands.Policy.Fragment;

internal sealed class ImportCommand : CoveCommand
{
    private readonly Argument<string> source = new("fragment") { Description = "a signed fragment in a file, or with --attached an image in a registry or a layout's folder" };
    private readonly Option<string?> minimum = new("--minimum-svn") { HelpName = "number", Description = "the lowest security version to accept; by default the fragment's own" };
    private readonly Option<bool> attached = new("--attached") { Description = "the fragments that a registry keeps beside this image" };
    private readonly RegistryOptions registry = new();

    public ImportCommand()
        : base("import", "print the statement by which a policy takes a fragment in")
    {
        Add(source);
        Add(minimum);
        Add(attached);
        registry.AddTo(this);
        Details = "Save it, and name the file after --include-fragments --fragments-json when you generate the policy. Raising its minimum_svn later revokes older fragments.";
        Example("cove policy fragment import contoso.rego.cose > imports.json", "of a file");
        Example("cove policy fragment import --attached registry.example/sidecar:1", "of everything that is attached to an image");
    }

    protected internal override async Task<Answer> Run(Invocation call, CancellationToken cancellation)
    {
        if (call.Get(minimum) is { } given && !(int.TryParse(given, out var number) && number >= 0))
            throw CommandFailedException.Usage("svn-invalid", "--minimum-svn is not a whole number of zero or more");
        var verified = call.Get(attached) ? await Attached(call, cancellation) : [await FragmentFile.Verified(call, call.Get(source), cancellation)];
        List<FragmentImport> imports = [.. verified.Select(fragment => FragmentFile.Import(fragment, call.Get(minimum)))];
        var statement = FragmentGenerator.ImportStatement(imports);
        return Answer.Of(page => page.Document(statement + "\n"), writer => writer.WriteRawValue(statement));
    }

    private async Task<IReadOnlyList<VerifiedStatement>> Attached(Invocation call, CancellationToken cancellation)
    {
        var (reference, files) = await Files(call, cancellation);
        var verified = new List<VerifiedStatement>();
        foreach (var file in files.Where(file => file.MediaType == FragmentMediaTypes.Fragment))
        {
            if (SignedStatement.Parse(file.Content).Verify().IsAccepted(out var one, out var findings)) verified.Add(one);
            else throw CommandFailedException.Rejected($"a fragment beside {reference} does not hold", findings);
        }

        return verified.Count > 0 ? verified : throw CommandFailedException.Usage("fragment-missing", $"nothing of this kind is attached to {reference}", "cove policy fragment attach FRAGMENT IMAGE");
    }

    private async Task<(string Image, IReadOnlyList<AttachedFile> Files)> Files(Invocation call, CancellationToken cancellation)
    {
        if (call.FullPath(call.Get(source)) is var folder && LayoutArtifacts.IsLayout(folder))
            return (call.Get(source), LayoutArtifacts.Attached(folder, FragmentMediaTypes.Artifact));
        var reference = ImageReference.Parse(call.Get(source));
        using var credentials = await registry.Read(call, cancellation);
        using var http = call.RegistryHttp();
        using var progress = call.Terminal.Progress($"asking {reference.Registry}");
        var client = new RegistryClient(http, reference.Registry, credentials);
        var files = await Task.Run(() => RegistryImages.Attached(client, reference, FragmentMediaTypes.Artifact, cancellation), cancellation);
        return (reference.ToString(), files);
    }
}
