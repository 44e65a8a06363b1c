using System.CommandLine;
using Cove.Cli.Commands.Policy.Fragment;
using Cove.Cli.Development;
using Cove.Cli.Projects;
using Cove.Cli.Registry;
using Cove.Images.Oci;
using Cove.Images.Store;
using Cove.Policy.Fragments;
using Cove.Policy.Generation;
using Cove.Policy.Model;
using Cove.Policy.Templates;

namespace Cove.Cli.Commands.Policy;

/// <summary>A description of groups with what it takes to write its policy: the same options for every verb that generates one. `cove run` writes the same policy.</summary>
internal sealed class TemplateOptions
{
    private const int MaxFile = 4 * 1024 * 1024;

    private readonly Option<string?> parameters = new("--parameters", "-p") { HelpName = "file", Description = "a parameter file for the template" };
    private readonly Option<string[]> images = new("--image") { HelpName = "NAME=PATH", Description = "take this image from an archive or a layout folder; by default from the store", AllowMultipleArgumentsPerToken = false };
    private readonly Option<string?> tar = new("--tar") { HelpName = "file", Description = "take images from this archive, or from those that a JSON file names by image" };
    private readonly Option<bool> pull = new("--pull") { Description = "fetch images that are not in the store from their registries" };
    private readonly Option<bool> debugMode = new("--debug-mode") { Description = "let the host run shells in the containers and dump stacks: not for secrets" };
    private readonly Option<bool> disableStdio = new("--disable-stdio") { Description = "keep the containers' output inside the guest" };
    private readonly Option<bool> enableStdio = new("--enable-stdio") { Description = "let the containers' output reach the host: the default" };
    private readonly Option<bool> approveWildcards = new("--approve-wildcards", "-y") { Description = "a variable whose value is not known may have any" };
    private readonly Option<string?> infrastructureSvn = new("--infrastructure-svn") { HelpName = "number", Description = "the lowest security version of Azure's infrastructure fragment" };
    private readonly Option<bool> noFragments = new("--exclude-default-fragments", "-e") { Description = "do not take in Azure's infrastructure fragment" };
    private readonly Option<bool> includeFragments = new("--include-fragments", "-f") { Description = "take in the fragments of --fragments-json" };
    private readonly Option<string?> fragmentsJson = new("--fragments-json", "-j") { HelpName = "file", Description = "fragments to take in: what cove policy fragment import prints" };
    private readonly Option<string[]> containers = new("--with-containers") { HelpName = "json", Description = "add ready containers: JSON of one or of a list (may be repeated)" };
    private readonly Option<bool> omitId = new("--omit-id") { Description = "leave image names out" };
    private readonly Option<bool> virtualNode = new("--virtual-node") { Description = "a Kubernetes file is for virtual nodes of AKS" };
    private readonly Option<bool> faster = new("--faster-hashing") { Description = "accepted for scripts: hashing is always the fast way" };

    public void AddTo(Command command)
    {
        foreach (var option in (Option[])[parameters, images, tar, pull, debugMode, disableStdio, enableStdio, approveWildcards, infrastructureSvn, noFragments, includeFragments, fragmentsJson, containers, omitId, virtualNode, faster])
            command.Add(option);
    }

    /// <summary>The images of <c>--image</c> that are a name alone: what a policy is to be made for.</summary>
    public IReadOnlyList<string> NamedImages(Invocation call) => [.. (call.Get(images) ?? []).Where(name => !name.Contains('=', StringComparison.Ordinal))];

    public bool HasContainers(Invocation call) => call.Get(containers) is { Length: > 0 };

    public bool HasParameters(Invocation call) => call.Get(parameters) is not null;

    /// <summary>What az confcom asks of these options before it begins.</summary>
    public AzureOptions ForAzure(Invocation call) => new(
        call.Get(tar) is not null,
        call.Get(debugMode),
        call.Get(enableStdio),
        call.Get(disableStdio),
        call.Get(infrastructureSvn),
        call.Get(noFragments),
        call.Get(faster),
        call.Get(includeFragments),
        call.Get(fragmentsJson) is not null);

    /// <summary>Reads a description of groups and hashes the images that it names.</summary>
    public async Task<ReadTemplate> Read(Invocation call, string path, TemplateReading reading, CancellationToken cancellation)
    {
        CheckCombinations(call);
        var project = await Project.OpenAsync(call, path, call.Get(parameters), cancellation);
        using var progress = call.Terminal.Progress("reading the template");
        await Import(call, progress, cancellation);
        var how = new GroupFileOptions { ApproveWildcards = call.Get(approveWildcards), VirtualNode = call.Get(virtualNode) || reading.VirtualNode, Reformat = reading.Reformat };
        var file = project.Read(new DevelopmentServices(call.Home, call.Time).State(), how);
        return await Prepare(call, project.TemplatePath, file, new ProjectImages(call, project.File, project.Folder, Puller(call, reading)), progress, cancellation);
    }

    /// <summary>The same for images alone, or for ready containers alone: one group of them.</summary>
    public async Task<ReadTemplate> ReadImages(Invocation call, IReadOnlyList<string> names, TemplateReading reading, CancellationToken cancellation)
    {
        CheckCombinations(call);
        using var progress = call.Terminal.Progress("reading images");
        await Import(call, progress, cancellation);
        var group = new ContainerGroup { Name = names is [var first, ..] ? first : "containers", Type = "image", Containers = [.. names.Select(name => new GroupContainer { Name = name, Image = name })] };
        var file = new GroupFile("image", [group], [], null);
        return await Prepare(call, group.Name, file, new ProjectImages(call, new ProjectFile(), call.FullPath("."), Puller(call, reading)), progress, cancellation);
    }

    private async Task<ReadTemplate> Prepare(Invocation call, string path, GroupFile file, ProjectImages images, Progress progress, CancellationToken cancellation)
    {
        var facts = new Dictionary<string, ImageFacts>(StringComparer.Ordinal);
        foreach (var group in file.Groups)
        {
            var prepared = await images.PrepareAsync(group, progress, forRunning: false, cancellation);
            foreach (var (name, image) in prepared.Images) facts[name] = image.Facts;
        }

        var options = await Options(call, cancellation);
        return new ReadTemplate(path, file, facts, options with { Fragments = [.. file.Fragments, .. options.Fragments] });
    }

    private Func<ImageReference, CancellationToken, StoredImage>? Puller(Invocation call, TemplateReading reading) => call.Get(pull) || reading.Pull ? RegistryPull.For(call) : null;

    private void CheckCombinations(Invocation call)
    {
        Refuse(call.Get(enableStdio) && call.Get(disableStdio), "use only one of --enable-stdio and --disable-stdio");
        Refuse(call.Get(infrastructureSvn) is not null && call.Get(noFragments), "--infrastructure-svn sets the version of a fragment that --exclude-default-fragments leaves out");
        Refuse(call.Get(faster) && call.Get(tar) is not null, "--faster-hashing does not go with --tar");
        Refuse(call.Get(fragmentsJson) is not null && !call.Get(includeFragments), "--fragments-json needs --include-fragments");
        Refuse(call.Get(infrastructureSvn) is { } svn && !(int.TryParse(svn, out var number) && number >= 0), "--infrastructure-svn is not a whole number of zero or more");
    }

    private static void Refuse(bool wrong, string message)
    {
        if (wrong) throw CommandFailedException.Usage("options-conflict", message, "cove policy generate --help");
    }

    private async Task Import(Invocation call, Progress progress, CancellationToken cancellation)
    {
        foreach (var pair in (call.Get(images) ?? []).Where(pair => pair.Contains('=', StringComparison.Ordinal)))
        {
            if (pair.Split('=', 2) is not [{ Length: > 0 } name, { Length: > 0 } path])
                throw CommandFailedException.Usage("image-option-invalid", $"is not NAME=PATH, --image {pair}");
            await ImportOne(call, progress, path, name, cancellation);
        }

        if (call.Get(tar) is not { } archive) return;
        if (!archive.EndsWith(".json", StringComparison.OrdinalIgnoreCase))
        {
            // One image and one archive of one image belong together, whatever name the archive carries.
            await ImportOne(call, progress, archive, NamedImages(call) is [var only] ? only : null, cancellation);
            return;
        }

        var folder = Path.GetDirectoryName(call.FullPath(archive))!;
        foreach (var (name, path) in TarMap.Parse(await call.Read(archive, MaxFile, cancellation))) await ImportOne(call, progress, Path.Combine(folder, path), name, cancellation);
    }

    private static async Task ImportOne(Invocation call, Progress progress, string path, string? name, CancellationToken cancellation)
    {
        var full = call.FullPath(path);
        if (!File.Exists(full) && !Directory.Exists(full)) throw CommandFailedException.Usage("file-not-found", $"no such file or folder, {path}");
        progress.Next($"importing {name ?? path}");
        var store = new ImageStore(CoveHome.Ensure(call.Home.Images));
        await Task.Run(() => store.Import(full, name is null ? null : ImageReference.Parse(name), cancellation), cancellation);
    }

    private async Task<GeneratorOptions> Options(Invocation call, CancellationToken cancellation)
    {
        var imports = call.Get(fragmentsJson) is { } path ? await call.Read(path, MaxFile, cancellation) : null;
        return new()
        {
            DebugMode = call.Get(debugMode),
            DisableStdio = call.Get(disableStdio),
            InfrastructureSvn = call.Get(infrastructureSvn),
            ExcludeDefaultFragments = call.Get(noFragments),
            Fragments = imports is null ? [] : ContainerDescription.ParseImports(imports),
            FragmentContainers = imports is null ? [] : await Declared(call, ContainerDescription.ParseFragmentPaths(imports), cancellation),
            OmitId = call.Get(omitId),
            Containers = [.. (call.Get(containers) ?? []).SelectMany(json => ContainerDefinitions.Parse(System.Text.Encoding.UTF8.GetBytes(json)))],
        };
    }

    // Only what a guest would take in counts: a fragment whose signature does not hold leaves nothing out.
    private static async Task<IReadOnlyList<PolicyContainer>> Declared(Invocation call, IReadOnlyList<string> paths, CancellationToken cancellation)
    {
        var declared = new List<PolicyContainer>();
        foreach (var path in paths) declared.AddRange(FragmentOutline.Read((await FragmentFile.Verified(call, path, cancellation)).Text()).Containers);
        return declared;
    }
}

/// <summary>How a verb reads a description beyond its options.</summary>
/// <param name="VirtualNode">Kubernetes objects are for virtual nodes.</param>
/// <param name="Pull">Images that are not in the store are fetched.</param>
/// <param name="Reformat">A template is written anew as az confcom writes it.</param>
internal sealed record TemplateReading(bool VirtualNode = false, bool Pull = false, bool Reformat = false);
